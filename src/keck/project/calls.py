"""The calls of a project: by name, by what they call, and what they give for a parameter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from keck.facts.expr import Call, Ref, terminal
from keck.facts.record import Function
from keck.project.fixtures import fixture, handed_out
from keck.project.module import Module, Where
from keck.project.names import Names


class Calls:
    """The calls of a project."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._of: dict[str, tuple[tuple[Module, str, Call], ...]] = {}

    @cached_property
    def by_name(self) -> dict[str, list[tuple[Module, str, Call]]]:
        """Every call of the project by the last name of what is called."""
        found: dict[str, list[tuple[Module, str, Call]]] = defaultdict(list)
        for module in self.names.modules.values():
            for scope in module.scopes:
                for call in module.calls(scope):
                    found[terminal(call.func)].append((module, scope, call))
        return found

    def of(self, symbol: str) -> Iterator[tuple[Module, str, Call]]:
        """Yield the visible calls of a function, method or class."""
        if symbol not in self._of:
            last = symbol.partition(":")[2].rpartition(".")[2]
            self._of[symbol] = tuple(
                (module, scope, call)
                for name in (last, *sorted(self.names.aliases.get(last, ())))
                for module, scope, call in self.by_name.get(name, [])
                if isinstance(call.func, Ref) and self.names.resolve(module, scope, call.func.name) == symbol
            )
        yield from self._of[symbol]

    def given(self, module: Module, function: Function, name: str) -> Iterator[Where]:
        """Yield the arguments that visible callers give for a parameter, and its default."""
        names = [one.name for one in function.params if one.kind != "*"]
        symbol = f"{module.name}:{function.name}"
        offset = 0
        if function.owner and not any(terminal(one) == "staticmethod" for one in function.decorators):
            offset = 1
        if name not in names:
            return
        position: int | None = names.index(name) - offset
        if position is not None and position < 0:
            position = None
        targets = [symbol]
        if function.owner and function.name.endswith(".__init__"):
            targets = [f"{module.name}:{function.owner}"]
        for target in targets:
            for where, scope, call in self.of(target):
                value = call.argument(position, name)
                if value is not None:
                    yield where, scope, value
        default = next((one.default for one in function.params if one.name == name), None)
        if default is not None:
            yield module, function.scope, default
        elif module.is_test:
            found = fixture(self.names.modules, module, name)
            if found is not None and found[1] is not function:
                for value in handed_out(*found):
                    yield found[0], found[1].name, value
