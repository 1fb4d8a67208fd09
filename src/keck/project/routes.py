"""Routes: every way to write one, each with its decorators in order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from keck.facts.expr import Expr, Ref, before
from keck.facts.record import Function
from keck.project.decorators import Decorators
from keck.project.hooks import Hook, Hooks
from keck.project.module import Module
from keck.project.registrations import Registrations
from keck.project.route import Route
from keck.project.things import Named
from keck.project.values import Values
from keck.project.views import Views

__all__ = ["Route", "Routes"]


class Routes:
    """The routes and request hooks of a project."""

    def __init__(self, values: Values, decorators: Decorators) -> None:
        self.values = values
        self.objects = values.objects
        self.names = values.names
        self.decorators = decorators
        self.registrations = Registrations(values, decorators)
        self._hooks = Hooks(self.objects, decorators)

    @cached_property
    def all(self) -> tuple[Route, ...]:
        """Every route outside tests, in the order of the text."""
        found: list[Route] = []
        views = Views(self.registrations, self.decorators)
        for module in self.names.modules.values():
            if module.is_test:
                continue
            for function in module.facts.functions:
                found += self._decorated(module, function)
            for cls in module.facts.classes:
                found += views.of(module, cls)
        found += self._added()
        return tuple(sorted(found, key=lambda one: (one.module.path, one.function.line)))

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
                more, told = self.registrations.methods(module, function.scope, call)
                methods |= more
                explicit = explicit or told
                rules += self.registrations.rules(module, function.scope, call)
        last = layers[marks[-1]]
        owner = self.registrations.owner(last)
        yield Route(
            module, function, tuple(rules), frozenset(methods), explicit, layers, marks[-1], owner, "", last.call
        )

    def _added(self) -> Iterator[Route]:
        for module, scope, call, view in self.registrations.functions:
            layers, inner = self.registrations.unwrap(module, scope, view)
            for where, function in self._functions(*inner):
                own = [self.decorators.layer(where, function.scope, one) for one in function.decorators]
                methods, explicit = self.registrations.methods(module, scope, call)
                head = before(call.func)
                owner = self.objects.of(module, scope, head) if head is not None else frozenset()
                rules = tuple(self.registrations.rules(module, scope, call)[:1])
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

    def guarded_by_hook(self, route: Route) -> Hook | None:
        """Return the hook that turns callers of a route away before its view runs, or None."""
        return self._hooks.guarding(route.owner)
