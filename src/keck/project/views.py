"""Class-based views: their methods as routes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.facts.expr import Expr, Items, Star, Table, before, terminal, text_of
from keck.facts.record import Class, Step
from keck.project.decorators import Decorators, Layer
from keck.project.module import Module
from keck.project.registrations import Registrations
from keck.project.route import METHODS, Route
from keck.project.things import Thing

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


class Views:
    """The class-based views of a project."""

    def __init__(self, registrations: Registrations, decorators: Decorators) -> None:
        self.registrations = registrations
        self.objects = registrations.objects
        self.names = registrations.names
        self.decorators = decorators

    def _is_view(self, module: Module, cls: Class) -> bool:
        return any(
            one in _VIEWS or _LIKE_VIEWS.match(one) for one in self.objects.lineage(f"{module.name}:{cls.name}")[1:]
        )

    def of(self, module: Module, cls: Class) -> Iterator[Route]:
        """Yield the routes of a class: one for each method of HTTP that it has."""
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
                rules += self.registrations.rules(module, cls.scope, call)
                owner, registration = self.registrations.owner(outer[position]), call
        asked: set[str] = set()
        for where, scope, call in self.registrations.classes.get(symbol, ()):
            rules += self.registrations.rules(where, scope, call)[
                : 1 if terminal(call.func) == "add_url_rule" else None
            ]
            asked |= self.registrations.methods(where, scope, call)[0] if call.keyword("methods") is not None else set()
            registration = call
            head = before(call.func)
            owner = self.objects.of(where, scope, head) if head is not None else owner
        wrapped = tuple(self.registrations.wrapped.get(symbol, ()))
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
