"""Holders of settings: the classes and modules that apps load their config from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.facts.expr import Ref, terminal
from keck.facts.record import Function
from keck.project.module import Module
from keck.project.setting import Setting, role_of
from keck.project.values import Values

_KEY = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$|[A-Z]+$")


class Holders:
    """The classes and modules of settings of a project."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.objects = values.objects
        self.names = values.names
        self._holders: dict[str, tuple[Setting, ...]] = {}

    def held(self, symbol: str) -> tuple[Setting, ...]:
        """Return the settings of a class (with its bases') or of a module."""
        if symbol not in self._holders:
            self._holders[symbol] = ()
            self._holders[symbol] = tuple(self._held(symbol))
        return self._holders[symbol]

    def _held(self, symbol: str) -> Iterator[Setting]:
        head, _, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        if module is None:
            return
        role = role_of(module, name)
        if not name:
            yield from self._held_in(module, "", symbol, role)
            for one in module.imports(""):
                if one.name == "*":
                    target = self.names.imported(module, one)
                    if target is not None:
                        yield from self.held(f"{target.name}:")
            return
        seen: set[str] = set()
        classes = [
            (self.names.by_name[head], cls)
            for head, _, cls in (base.partition(":") for base in self.objects.lineage(symbol))
            if cls and head in self.names.by_name
        ]
        if any(role_of(*one) == "test" for one in classes):
            role = "test"
        for where, cls in classes:
            own = list(self._held_in(where, cls, symbol, role))
            yield from (setting for setting in own if setting.key not in seen)
            seen |= {setting.key for setting in own}

    def _held_in(self, module: Module, scope: str, holder: str, role: str) -> Iterator[Setting]:
        for step in module.steps(scope):
            if step.kind == "assign" and step.value is not None:
                for target in step.targets:
                    if isinstance(target, Ref) and _KEY.match(target.name):
                        made = self.values.of(module, scope, step.value)
                        yield Setting(target.name, step.value, made, module, scope, step, holder, role, None, "object")
        if scope not in module.classes:
            return
        for function in module.facts.functions:
            if function.owner != scope or not function.params:
                continue
            yield from self._computed(module, function, holder, role)
            for step in module.steps(function.name):
                if step.kind != "assign" or step.value is None:
                    continue
                for target in step.targets:
                    if isinstance(target, Ref) and target.name.startswith(function.params[0].name + "."):
                        key = target.name.partition(".")[2]
                        if _KEY.match(key):
                            made = self.values.of(module, function.name, step.value)
                            yield Setting(
                                key, step.value, made, module, function.name, step, holder, role, None, "object"
                            )

    def _computed(self, module: Module, function: Function, holder: str, role: str) -> Iterator[Setting]:
        """Yield what a property that is named like a key returns."""
        name = function.name.rpartition(".")[2]
        properties = any(terminal(one) in {"property", "cached_property"} for one in function.decorators)
        for step in module.steps(function.name) if properties and _KEY.match(name) else ():
            if step.kind == "return" and step.value is not None:
                made = self.values.of(module, function.name, step.value)
                yield Setting(name, step.value, made, module, function.name, step, holder, role, None, "object")
