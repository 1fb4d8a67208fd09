"""The assignments of a project: to variables, and to attributes of objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from keck.facts.expr import Ref
from keck.facts.record import Step
from keck.project.calls import Calls
from keck.project.module import Where
from keck.project.names import Names


class Writes:
    """The assignments of a project."""

    def __init__(self, names: Names, calls: Calls) -> None:
        self.names = names
        self.calls = calls

    @cached_property
    def by_attribute(self) -> dict[str, list[Where]]:
        """Every ``x.name = value`` by the attribute's name."""
        found: dict[str, list[Where]] = defaultdict(list)
        for module in self.names.modules.values():
            for step in module.facts.steps:
                if step.kind == "assign" and step.value is not None:
                    for target in step.targets:
                        if isinstance(target, Ref) and "." in target.name:
                            found[target.name.rpartition(".")[2]].append((module, step.scope, step.value))
        return found

    @cached_property
    def by_symbol(self) -> dict[str, list[Where]]:
        """Every ``self.name = value`` by symbol of the attribute."""
        found: dict[str, list[Where]] = defaultdict(list)
        for module in self.names.modules.values():
            for step in module.facts.steps:
                if step.kind != "assign" or step.value is None:
                    continue
                function = module.functions.get(step.scope)
                if function is None or not function.owner or not function.params:
                    continue
                for target in step.targets:
                    if isinstance(target, Ref) and target.name.count(".") == 1:
                        head, _, name = target.name.partition(".")
                        if head == function.params[0].name:
                            found[f"{module.name}:{function.owner}.{name}"].append((module, step.scope, step.value))
        return found

    def of(self, symbol: str) -> Iterator[Where]:
        """Yield the values assigned to a variable or class attribute, wherever the project does so."""
        head, colon, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        if not colon or module is None:
            return
        scope, _, last = name.rpartition(".")
        if scope and scope not in module.functions and scope not in module.classes:
            return
        for one in self.names.scope(module, scope).get(last, []):
            if isinstance(one, Step) and one.value is not None:
                if any(isinstance(target, Ref) and target.name == last for target in one.targets):
                    yield module, one.scope, one.value
            elif one == "param":
                yield from self.calls.given(module, module.functions[scope], last)
        if scope in module.classes:
            yield from self.by_symbol.get(symbol, [])
