"""What a project defines: functions, also those that classes inherit, and the bases of classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keck.facts.expr import Ref, walk
from keck.facts.record import Function, Import
from keck.project.module import Module, Where
from keck.project.names import Names
from keck.project.things import KINDS, Named, Thing


class Definitions:
    """The functions and classes of a project.

    Args:
        names: resolves names.
        things: returns the things that a symbol can mean, for classes that a variable holds.
    """

    def __init__(self, names: Names, things: Callable[[str], frozenset[Thing]]) -> None:
        self.names = names
        self.things = things
        self._lineage: dict[str, tuple[str, ...]] = {}

    def function(self, symbol: str) -> tuple[Module, Function] | None:
        """Return the function or method that a symbol names, looking through base classes."""
        head, colon, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        if not colon or module is None:
            return None
        if name in module.functions:
            return module, module.functions[name]
        owner, _, method = name.rpartition(".")
        if owner in module.classes:
            for base in self.lineage(f"{module.name}:{owner}")[1:]:
                found = self.function(f"{base}.{method}") if ":" in base else None
                if found is not None:
                    return found
        return None

    def lineage(self, symbol: str) -> tuple[str, ...]:
        """Return a class and all its bases, nearest first, as symbols."""
        if symbol in self._lineage:
            return self._lineage[symbol]
        self._lineage[symbol] = (symbol,)
        found = {symbol: None}
        head, colon, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        if colon and module is not None and name in module.classes:
            one = module.classes[name]
            for base in one.bases:
                bases = [base] if isinstance(base, Ref) else [part for part in walk(base) if isinstance(part, Ref)]
                for ref in bases:
                    # a class may subclass an import of its own name: look past itself
                    bound = self.names.scope(module, one.scope).get(ref.name, [])
                    imports = [what for what in bound if isinstance(what, Import)]
                    if imports and ref.name == name:
                        target = self.names.bound_by(module, imports[-1])
                    else:
                        target = self.names.resolve(module, one.scope, ref.name)
                    for each in self.lineage(target):
                        found.setdefault(each)
        elif colon and module is not None:
            for thing in self.things(symbol):
                if isinstance(thing, Named) and thing.kind in {"class", "external"} and thing.symbol != symbol:
                    for each in self.lineage(thing.symbol):
                        found.setdefault(each)
        self._lineage[symbol] = tuple(found)
        return self._lineage[symbol]

    def kind(self, symbol: str) -> str:
        """Return the kind of what calling a class makes: one of `KINDS`' values or an empty string."""
        if symbol in KINDS:
            return KINDS[symbol]
        if ":" not in symbol:
            return ""
        return next((KINDS[base] for base in self.lineage(symbol) if base in KINDS), "")

    def returned(self, symbol: str) -> Iterator[Where]:
        """Yield what a function of the project returns."""
        found = self.function(symbol)
        if found is not None:
            module, function = found
            for step in module.steps(function.name):
                if step.kind == "return" and step.value is not None:
                    yield module, function.name, step.value
