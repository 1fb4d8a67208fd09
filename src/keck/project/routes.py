"""Routes: every way to write one, each with its decorators in order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from keck.facts.expr import Call, Const, Expr, Items, Ref, Star, Table, terminal, text_of
from keck.facts.record import Class, Function, Step
from keck.finding import Place
from keck.project.decorators import VERBS, Decorators, Layer
from keck.project.hooks import Hook, Hooks, receiver
from keck.project.module import Module
from keck.project.objects import Where
from keck.project.things import Named, Thing
from keck.project.values import Known, Values

METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}
_VIEWS = {
    "flask.views.MethodView",
    "flask.views.View",
    "flask_restful.Resource",
    "flask_restx.Resource",
    "flask_restplus.Resource",
    "flask_rest_jsonapi.ResourceList",
    "flask_rest_jsonapi.ResourceDetail",
    "flask_rest_jsonapi.ResourceRelationship",
    "flask_classful.FlaskView",
    "flask_classy.FlaskView",
    "apiflask.views.MethodView",
    "flask_openapi3.APIView",
}

_LIKE_VIEWS = re.compile(r"(?!\?)[^:]+\.\w*MethodView$|flask[^:]+\.\w*Resource$")
"""Views of other libraries, by the usual names: a ``MethodView`` of any, a ``Resource`` of one for Flask."""


@dataclass(eq=False)
class Route:
    """A function that answers requests.

    Attributes:
        module, function: the view; for a class, the method that answers.
        rules: its URL rules as written, without the blueprint's prefix; empty when they are not visible.
        methods: the HTTP methods, upper case. `explicit` tells whether the source lists them.
        layers: all its decorators, outermost first, those of its class included.
        registered: index in `layers` of the innermost decorator that registers it, or -1 when it is
            registered elsewhere; what stands before that index does not protect the route.
        owner: what it is registered on: app, blueprint, namespace.
        cls: qualified name of its class, or empty.
    """

    module: Module
    function: Function
    rules: tuple[str, ...]
    methods: frozenset[str]
    explicit: bool
    layers: tuple[Layer, ...]
    registered: int
    owner: frozenset[Thing]
    cls: str = ""
    registration: Call | None = None

    @property
    def name(self) -> str:
        """The view's name for messages: ``login`` or ``Login.post``."""
        return f"{self.cls}.{self.function.name.rpartition('.')[2]}" if self.cls else self.function.name

    @property
    def symbol(self) -> str:
        """The view's symbol: ``app.views:login``."""
        return f"{self.module.name}:{self.function.name}"

    @property
    def place(self) -> Place:
        """The line of the ``def``."""
        return self.module.head(self.function)

    @property
    def effective(self) -> tuple[Layer, ...]:
        """The decorators that really wrap the registered view, outermost first."""
        return self.layers[self.registered + 1 :]

    @property
    def ineffective(self) -> tuple[Layer, ...]:
        """The decorators above the one that registers the view: what they return is not registered."""
        return tuple(one for one in self.layers[: max(self.registered, 0)] if one.kind != "route")

    @property
    def writes(self) -> bool:
        """Whether it answers methods that change state."""
        return bool(self.methods & {"POST", "PUT", "PATCH", "DELETE"})


class Routes:
    """The routes and request hooks of a project."""

    def __init__(self, values: Values, decorators: Decorators) -> None:
        self.values = values
        self.objects = values.objects
        self.names = values.names
        self.decorators = decorators

    @cached_property
    def all(self) -> tuple[Route, ...]:
        """Every route outside tests, in the order of the text."""
        found: list[Route] = []
        for module in self.names.modules.values():
            if module.is_test:
                continue
            for function in module.facts.functions:
                found += self._decorated(module, function)
            for cls in module.facts.classes:
                found += self._class(module, cls)
        found += self._added()
        return tuple(sorted(found, key=lambda one: (one.module.path, one.function.line)))

    # functions

    def _decorated(self, module: Module, function: Function) -> Iterator[Route]:
        if function.owner or not function.decorators:
            return
        layers = tuple(self.decorators.layer(module, function.scope, one) for one in function.decorators)
        marks = [position for position, one in enumerate(layers) if one.kind == "route"]
        if not marks:
            return
        methods: set[str] = set()
        rules: list[str] = []
        explicit = False
        for position in marks:
            call = layers[position].call
            if call is not None:
                more, told = self._methods(module, function.scope, call)
                methods |= more
                explicit = explicit or told
                rules += self._rules(module, function.scope, call)
        last = layers[marks[-1]]
        owner = self._owner(last)
        yield Route(
            module, function, tuple(rules), frozenset(methods), explicit, layers, marks[-1], owner, "", last.call
        )

    def _owner(self, layer: Layer) -> frozenset[Thing]:
        func = layer.expr.func if isinstance(layer.expr, Call) else layer.expr
        if isinstance(func, Ref):
            head = func.name.rpartition(".")[0]
            return self.objects.of(layer.module, layer.scope, Ref(func.line, func.column, 0, 0, head))
        return frozenset() if layer.holder is None else frozenset({layer.holder})

    def _methods(self, module: Module, scope: str, call: Call) -> tuple[set[str], bool]:
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

    def _rules(self, module: Module, scope: str, call: Call) -> list[str]:
        found = []
        for one in (call.argument(0, "rule"), *call.args[1:]):
            value = self.values.of(module, scope, one) if one is not None else None
            if isinstance(value, Known) and isinstance(value.value, str):
                found.append(value.value)
        return found

    # classes

    def _is_view(self, module: Module, cls: Class) -> bool:
        return any(
            one in _VIEWS or _LIKE_VIEWS.match(one) for one in self.objects.lineage(f"{module.name}:{cls.name}")[1:]
        )

    def _class(self, module: Module, cls: Class) -> Iterator[Route]:
        if not cls.bases or not self._is_view(module, cls):
            return
        symbol = f"{module.name}:{cls.name}"
        outer = tuple(self.decorators.layer(module, cls.scope, one) for one in cls.decorators)
        marks = [position for position, one in enumerate(outer) if one.kind == "route"]
        rules: list[str] = []
        owner: frozenset[Thing] = frozenset()
        registration = None
        for position in marks:
            call = outer[position].call
            if call is not None:
                rules += self._rules(module, cls.scope, call)
                owner, registration = self._owner(outer[position]), call
        asked: set[str] = set()
        for where, scope, call in self._registrations.get(symbol, ()):
            rules += self._rules(where, scope, call)[: 1 if terminal(call.func) == "add_url_rule" else None]
            asked |= self._methods(where, scope, call)[0] if call.keyword("methods") is not None else set()
            registration = call
            head = receiver(call)
            owner = self.objects.of(where, scope, head) if head is not None else owner
        wrapped = tuple(self._wrapped.get(symbol, ()))
        registered = (marks[-1] if marks else -1) + (len(wrapped) if marks else 0)
        shared = (*wrapped, *outer, *self._shared(module, cls))
        for function in module.facts.functions:
            name = function.name.rpartition(".")[2]
            if function.owner != cls.name:
                continue
            if name in METHODS:
                methods = {name.upper()}
            elif name == "dispatch_request":
                methods = asked or self._dispatched(symbol)
            else:
                continue
            extra = self._method_decorators(module, cls, name)
            own = tuple(self.decorators.layer(module, cls.name, one) for one in function.decorators)
            layers = (*shared, *extra, *own)
            yield Route(
                module,
                function,
                tuple(rules),
                frozenset(methods),
                True,
                layers,
                registered,
                owner,
                cls.name,
                registration,
            )

    def _shared(self, module: Module, cls: Class) -> Iterator[Layer]:
        """``decorators = [inner, outer]`` of the class or the nearest base that has one: the last is outermost."""
        for base in self.objects.lineage(f"{module.name}:{cls.name}"):
            rows = list(self._rows(base, "decorators")) + list(self._rows(base, "method_decorators"))
            if rows:
                yield from (self.decorators.layer(*where) for where in reversed(rows))
                return

    def _rows(self, symbol: str, attribute: str) -> Iterator[tuple[Module, str, Expr]]:
        head, colon, name = symbol.partition(":")
        where = self.names.by_name.get(head)
        if colon and where is not None and name in where.classes:
            for one in self.names.scope(where, name).get(attribute, []):
                if isinstance(one, Step) and isinstance(one.value, Items):
                    for item in one.value.items:
                        yield where, name, item.value if isinstance(item, Star) else item

    def _method_decorators(self, module: Module, cls: Class, method: str) -> Iterator[Layer]:
        for base in self.objects.lineage(f"{module.name}:{cls.name}"):
            head, _, name = base.partition(":")
            where = self.names.by_name.get(head)
            if where is None or name not in where.classes:
                continue
            for one in self.names.scope(where, name).get("method_decorators", []):
                if isinstance(one, Step) and isinstance(one.value, Table):
                    rows = one.value.get(method)
                    if isinstance(rows, Items):
                        yield from (self.decorators.layer(where, name, item) for item in reversed(rows.items))

    def _dispatched(self, symbol: str) -> set[str]:
        """The methods that a ``dispatch_request`` answers, in its class and in the classes below it."""
        found: set[str] = set()
        for module in self.names.modules.values():
            for cls in module.facts.classes:
                if symbol in self.objects.lineage(f"{module.name}:{cls.name}"):
                    found |= {
                        one.name.rpartition(".")[2].upper()
                        for one in module.facts.functions
                        if one.owner == cls.name and one.name.rpartition(".")[2] in METHODS
                    }
                    for setting in self.names.scope(module, cls.name).get("methods", []):
                        if isinstance(setting, Step) and isinstance(setting.value, Items):
                            found |= {str(text_of(one)).upper() for one in setting.value.items if text_of(one)}
        return found or {"GET"}

    # registered elsewhere

    @cached_property
    def _registrations(self) -> dict[str, list[tuple[Module, str, Call]]]:
        """The calls that register a class, by its symbol."""
        return self._registered[0]

    @cached_property
    def _wrapped(self) -> dict[str, list[Layer]]:
        """The decorators that are applied to ``Class.as_view(...)`` where it is registered, by class symbol."""
        return self._registered[1]

    @cached_property
    def _registered(
        self,
    ) -> tuple[dict[str, list[tuple[Module, str, Call]]], dict[str, list[Layer]], list[tuple[Module, str, Call, Expr]]]:
        classes: dict[str, list[tuple[Module, str, Call]]] = defaultdict(list)
        wrapped: dict[str, list[Layer]] = defaultdict(list)
        functions: list[tuple[Module, str, Call, Expr]] = []
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
                layers, (where, inside, inner) = self._unwrap(module, scope, view)
                made = _as_view(inner)
                if made is not None:
                    symbol = self.names.resolve(where, inside, made)
                    classes[symbol].append((module, scope, call))
                    known = {one.place for one in wrapped[symbol]}
                    wrapped[symbol] += [one for one in layers if one.place not in known]
                else:
                    functions.append((module, scope, call, view))
        for name in ("route", *sorted(VERBS)):
            for module, scope, call in self.objects.calls_by_name.get(name, []):
                if not isinstance(call.func, Call) or len(call.args) != 1 or module.is_test:
                    continue
                if self.decorators.layer(module, scope, call.func).kind == "route":
                    functions.append((module, scope, call.func, call.args[0]))
        return classes, wrapped, functions

    def _unwrap(self, module: Module, scope: str, view: Expr) -> tuple[list[Layer], Where]:
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

    def _added(self) -> Iterator[Route]:
        for module, scope, call, view in self._registered[2]:
            layers, inner = self._unwrap(module, scope, view)
            for where, function in self._functions(*inner):
                own = [self.decorators.layer(where, function.scope, one) for one in function.decorators]
                methods, explicit = self._methods(module, scope, call)
                head = receiver(call)
                owner = self.objects.of(module, scope, head) if head is not None else frozenset()
                rules = tuple(self._rules(module, scope, call)[:1])
                every = (*layers, *own)
                yield Route(
                    where, function, rules, frozenset(methods), explicit, every, -1, owner, function.owner, call
                )

    def _functions(self, module: Module, scope: str, view: Expr) -> list[tuple[Module, Function]]:
        """The functions that a view given by name can be: one, or each of the rows of a table."""
        if not isinstance(view, Ref):
            return []
        found = self.objects.function(self.names.resolve(module, scope, view.name))
        if found is not None:
            return [found]
        named = sorted(one.symbol for one in self.objects.of(module, scope, view) if isinstance(one, Named))
        return [one for symbol in named for one in [self.objects.function(symbol)] if one is not None]

    # hooks

    @cached_property
    def hooks(self) -> tuple[Hook, ...]:
        """The functions that run before requests."""
        return self._hooks.all

    @cached_property
    def _hooks(self) -> Hooks:
        return Hooks(self.objects, self.decorators)

    def guarded_by_hook(self, route: Route) -> Hook | None:
        """Return the hook that turns callers of a route away before its view runs, or None."""
        return self._hooks.guarding(route.owner)


def _as_view(expr: Expr) -> str | None:
    """Return the class in ``Class.as_view(...)``."""
    if isinstance(expr, Call) and isinstance(expr.func, Ref) and expr.func.name.endswith(".as_view"):
        return expr.func.name.removesuffix(".as_view")
    return None


def is_true(expr: Expr | None) -> bool:
    """Whether an expression is the literal True."""
    return isinstance(expr, Const) and expr.value is True
