"""What a function reaches: the project's functions that it calls, and the names that it reads."""

from __future__ import annotations

from collections.abc import Iterator

from keck.facts.expr import Attr, Call, Ref
from keck.facts.record import Function
from keck.project.module import Module
from keck.project.objects import Objects
from keck.project.things import Named, Site, Thing

_DEPTH = 4


class Reach:
    """Follows calls inside the project."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.names = objects.names
        self._direct: dict[tuple[str, str], tuple[tuple[Module, Function, Call], ...]] = {}
        self._reads: dict[tuple[str, str], frozenset[str]] = {}

    def called(self, module: Module, scope: str) -> tuple[tuple[Module, Function, Call], ...]:
        """Return the project's functions that a scope (nested functions included) calls, each with its call."""
        key = (module.path, scope)
        if key not in self._direct:
            self._direct[key] = tuple(self._called(module, scope))
        return self._direct[key]

    def _called(self, module: Module, scope: str) -> Iterator[tuple[Module, Function, Call]]:
        for inner in module.inside(scope) if scope else ("",):
            for call in module.calls(inner):
                found = self.target(module, inner, call)
                if found is not None:
                    yield (*found, call)

    def target(self, module: Module, scope: str, call: Call) -> tuple[Module, Function] | None:
        """Return the project's function or method that a call runs, a class's ``__init__`` included."""
        if isinstance(call.func, Attr):
            return self._method(self.objects.of(module, scope, call.func.value), call.func.name)
        if not isinstance(call.func, Ref):
            return None
        symbol = self.names.resolve(module, scope, call.func.name)
        if ":" not in symbol:
            return None
        found = self.objects.function(symbol)
        if found is not None:
            return found
        head, _, name = symbol.partition(":")
        where = self.names.by_name.get(head)
        if where is not None and name in where.classes:
            return self.objects.function(f"{symbol}.__init__")
        holder, _, method = symbol.rpartition(".")
        return self._method(self.objects.of_symbol(holder), method) if ":" in holder else None

    def _method(self, things: frozenset[Thing], name: str) -> tuple[Module, Function] | None:
        for thing in things:
            cls = thing.cls if isinstance(thing, Site) else thing.symbol if isinstance(thing, Named) else ""
            found = self.objects.function(f"{cls}.{name}") if ":" in cls else None
            if found is not None:
                return found
        return None

    def closure(
        self, module: Module, scope: str, depth: int = _DEPTH
    ) -> Iterator[tuple[Module, str, tuple[Call, ...]]]:
        """Yield the scope and every function that it reaches, each once, with the calls that lead there."""
        seen = {(module.path, scope)}
        queue: list[tuple[Module, str, tuple[Call, ...]]] = [(module, scope, ())]
        for where, inner, path in queue:
            yield where, inner, path
            if len(path) >= depth:
                continue
            for target, function, call in self.called(where, inner):
                key = (target.path, function.name)
                if key not in seen:
                    seen.add(key)
                    queue.append((target, function.name, (*path, call)))

    def reads(self, module: Module, scope: str) -> frozenset[str]:
        """Return the symbols of all names in a scope and the functions nested in it, calls included."""
        key = (module.path, scope)
        if key not in self._reads:
            self._reads[key] = frozenset(
                self.names.resolve(module, inner, ref.name)
                for inner in (module.inside(scope) if scope else ("",))
                for ref in module.refs(inner)
            )
        return self._reads[key]
