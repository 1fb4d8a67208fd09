"""Routes: every way to write one, each with its decorators in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from keck.facts.expr import Expr, Ref, before
from keck.facts.record import Function
from keck.project.decorators import Decorators
from keck.project.hooks import Hook, Hooks
from keck.project.layer import Layer
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
            layers, inner = self.registrations.unwrap(*view)
            for where, function in self._functions(*inner):
                own = [self.decorators.layer(where, function.scope, one) for one in function.decorators]
                at = _registering(own, module, scope)
                told = own[at].call if at >= 0 and call.open_ended else None
                methods, explicit = self.registrations.methods(
                    *((module, scope, call) if told is None else (where, function.scope, told))
                )
                head = before(call.func)
                owner = self.objects.of(module, scope, head) if head is not None else frozenset()
                rules = tuple(self.registrations.rules(module, scope, call)[:1])
                # a decorator that registers may guard as well, and what it guards is what it registers
                every = (*own[: at + 1], *layers, *own[max(at, 0) :])
                yield Route(
                    where, function, rules, frozenset(methods), explicit, every, at, owner, function.owner, call
                )

    def _functions(self, module: Module, scope: str, view: Expr) -> list[tuple[Module, Function]]:
        """The functions that a view given by name can be: one, or each of the rows of a table."""
        if not isinstance(view, Ref):
            return []
        found = self.objects.function(self.names.resolve(module, scope, view.name))
        if found is not None:
            return [found]
        handed = self._handed(module, scope, view.name)
        if handed:
            return handed
        named = sorted(one.symbol for one in self.objects.of(module, scope, view) if isinstance(one, Named))
        return [one for symbol in named for one in [self.objects.function(symbol)] if one is not None]

    def _handed(self, module: Module, scope: str, name: str) -> list[tuple[Module, Function]]:
        """The functions that stand below a decorator of the project which registers its parameter."""
        owner = module.functions.get(scope)
        if owner is None or owner.owner or not owner.params or owner.params[0].name != name:
            return []
        return [
            one
            for symbol in (f"{module.name}:{owner.name}", f"{module.name}:{owner.scope}")
            for one in self._decorated_by.get(symbol, [])
        ]

    @cached_property
    def _decorated_by(self) -> dict[str, list[tuple[Module, Function]]]:
        """The functions outside tests and classes by the symbols of the project's decorators that stand on them."""
        found: dict[str, list[tuple[Module, Function]]] = defaultdict(list)
        for module in self.names.modules.values():
            for function in module.facts.functions:
                if function.owner or module.is_test:
                    continue
                for one in function.decorators:
                    symbol = self.decorators.layer(module, function.scope, one).symbol
                    if ":" in symbol:
                        found[symbol].append((module, function))
        return found

    # hooks

    @cached_property
    def hooks(self) -> tuple[Hook, ...]:
        """The functions that run before requests."""
        return self._hooks.all

    def guarded_by_hook(self, route: Route) -> Hook | None:
        """Return the hook that turns callers of a route away before its view runs, or None."""
        return self._hooks.guarding(route.owner)


def _registering(layers: Sequence[Layer], module: Module, scope: str) -> int:
    """Return the position of the innermost decorator in whose body a registration stands, or -1."""
    inside = f"{module.name}:{scope}."
    return max((at for at, one in enumerate(layers) if scope and inside.startswith(f"{one.symbol}.")), default=-1)
