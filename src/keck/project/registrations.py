"""Registrations: the calls that make a function or a class answer requests, and what they say."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from keck.facts.expr import Call, Expr, Ref, before, terminal
from keck.project.decorators import VERBS, Decorators, Layer
from keck.project.module import Module, Where
from keck.project.targets import rows
from keck.project.things import UNKNOWN, Thing
from keck.project.values import Known, Values

Registration = tuple[Module, str, Call]
"""A call that registers a view, with the module and scope in which it stands."""

_Registered = tuple[dict[str, list[Registration]], dict[str, list[Layer]], list[tuple[Module, str, Call, Where]]]


class Registrations:
    """The registering calls of a project."""

    def __init__(self, values: Values, decorators: Decorators) -> None:
        self.values = values
        self.objects = values.objects
        self.names = values.names
        self.decorators = decorators

    # one call

    def owner(self, layer: Layer) -> frozenset[Thing]:
        """Return what a decorator registers on: the things before its last dot."""
        func = layer.expr.func if isinstance(layer.expr, Call) else layer.expr
        if isinstance(func, Ref):
            head = before(func)
            return frozenset({UNKNOWN}) if head is None else self.objects.of(layer.module, layer.scope, head)
        return frozenset() if layer.holder is None else frozenset({layer.holder})

    def methods(self, module: Module, scope: str, call: Call) -> tuple[set[str], bool]:
        """Return the HTTP methods that a call registers for, upper case, and whether it lists them."""
        verb = terminal(call.func)
        if verb in VERBS:
            return {verb.upper()}, True
        given = call.keyword("methods")
        if given is None:
            return {"GET"}, False
        value = self.values.of(module, scope, given)
        if isinstance(value, Known) and isinstance(value.value, list):
            named = [one.value for one in value.value if isinstance(one, Known)]
            return {one.upper() for one in named if isinstance(one, str)}, True
        return set(), True

    def rules(self, module: Module, scope: str, call: Call) -> list[str]:
        """Return the URL rules that a call gives, as far as they are visible."""
        found = []
        for one in (call.argument(0, "rule"), *call.args[1:]):
            value = self.values.of(module, scope, one) if one is not None else None
            if isinstance(value, Known) and isinstance(value.value, str):
                found.append(value.value)
        return found

    # all of them

    @cached_property
    def classes(self) -> dict[str, list[Registration]]:
        """The calls that register a class, by its symbol."""
        return self._registered[0]

    @cached_property
    def wrapped(self) -> dict[str, list[Layer]]:
        """The decorators that are applied to ``Class.as_view(...)`` where it is registered, by class symbol."""
        return self._registered[1]

    @property
    def functions(self) -> list[tuple[Module, str, Call, Where]]:
        """The calls that register a function, each with the view as it is given and where that stands."""
        return self._registered[2]

    @cached_property
    def _registered(self) -> _Registered:
        classes: dict[str, list[Registration]] = defaultdict(list)
        wrapped: dict[str, list[Layer]] = defaultdict(list)
        functions: list[tuple[Module, str, Call, Where]] = []
        for name in ("add_url_rule", "add_resource", "register", "route", "add_resources"):
            for module, scope, call in self.objects.calls_by_name.get(name, []):
                if module.is_test:
                    continue
                if name in {"add_resource", "register", "route"}:
                    first = call.argument(0, "resource")
                    if isinstance(first, Ref):
                        classes[self.names.resolve(module, scope, first.name)].append((module, scope, call))
                    continue
                view = call.keyword("view_func") or call.argument(2, "view_func")
                if view is None:
                    continue
                for given in self._given(module, scope, view):
                    layers, (where, inside, inner) = self.unwrap(*given)
                    made = _as_view(inner)
                    if made is not None:
                        symbol = self.names.resolve(where, inside, made)
                        classes[symbol].append((module, scope, call))
                        known = {one.place for one in wrapped[symbol]}
                        wrapped[symbol] += [one for one in layers if one.place not in known]
                    else:
                        functions.append((module, scope, call, given))
        for name in ("route", *sorted(VERBS)):
            for module, scope, call in self.objects.calls_by_name.get(name, []):
                if not isinstance(call.func, Call) or len(call.args) != 1 or module.is_test:
                    continue
                if self.decorators.layer(module, scope, call.func).kind == "route":
                    functions.append((module, scope, call.func, (module, scope, call.args[0])))
        return classes, wrapped, functions

    def _given(self, module: Module, scope: str, view: Expr) -> list[Where]:
        """Return what a call registers: a view, or each one of the table through which a loop goes."""
        if not isinstance(view, Ref) or "." in view.name:
            return [(module, scope, view)]
        found: dict[object, Where] = {}
        for where, inside, row in rows(self.objects, module, scope, view.name):
            same = self.names.resolve(where, inside, row.name) if isinstance(row, Ref) else (where.path, row)
            found.setdefault(same, (where, inside, row))
        return list(found.values()) or [(module, scope, view)]

    def unwrap(self, module: Module, scope: str, view: Expr) -> tuple[list[Layer], Where]:
        """``jwt_required()(limit(view))``: the decorators applied by hand, outermost first, and the view."""
        layers: list[Layer] = []
        depth = 0
        while depth < 8:
            depth += 1
            if isinstance(view, Ref):
                written = list(self.objects.written(self.names.resolve(module, scope, view.name)))
                if len(written) == 1 and isinstance(written[0][2], Call):
                    module, scope, view = written[0]
                    continue
            if isinstance(view, Call) and len(view.args) == 1 and not view.keywords and _as_view(view) is None:
                layers.append(self.decorators.layer(module, scope, view.func))
                view = view.args[0]
                continue
            break
        return layers, (module, scope, view)


def _as_view(expr: Expr) -> str | None:
    """Return the class in ``Class.as_view(...)``."""
    if isinstance(expr, Call) and isinstance(expr.func, Ref) and expr.func.name.endswith(".as_view"):
        return expr.func.name.removesuffix(".as_view")
    return None
