"""Loads: what an app takes over from a class, module or file of settings."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from keck.facts.expr import Call, terminal
from keck.project.choices import Choices
from keck.project.files import files_like
from keck.project.holders import Holders
from keck.project.module import Module
from keck.project.setting import Load, Setting, opaque
from keck.project.things import Thing
from keck.project.values import Known, Values, defaults


class Loads:
    """The loads of settings in a project."""

    def __init__(self, values: Values, holders: Holders) -> None:
        self.values = values
        self.objects = values.objects
        self.names = values.names
        self.holders = holders
        self.choices = Choices(values)

    def from_object(self, module: Module, scope: str, call: Call, app: frozenset[Thing]) -> Iterator[Setting]:
        """Yield what ``app.config.from_object(...)`` loads."""
        argument = call.argument(0, "obj")
        if argument is None:
            return
        chosen = self.choices.of(module, scope, argument)
        if not chosen:
            yield opaque(module, scope, call, "from_object", app)
        for symbol, default in chosen:
            if symbol == "?":
                yield opaque(module, scope, call, "from_object", app)
                continue
            yield from self._loaded_from(symbol, default, (module, scope, call), app)

    def _loaded_from(
        self, symbol: str, default: bool | None, place: tuple[Module, str, Call], app: frozenset[Thing]
    ) -> Iterator[Setting]:
        """Yield what a class or module of settings holds, as loaded by one call."""
        module, scope, call = place
        via = "from_pyfile" if terminal(call.func) == "from_pyfile" else "object"
        for one in self.holders.held(symbol):
            role = "test" if module.is_test else one.role
            load = Load(symbol, role, default, module.path, scope, call.line)
            yield replace(one, holder=symbol, role=role, default=default, via=via, app=app, loads=(load,))

    def from_pyfile(self, module: Module, scope: str, call: Call, app: frozenset[Thing]) -> Iterator[Setting]:
        """Yield what ``app.config.from_pyfile(...)`` loads."""
        value = self.values.of(module, scope, call.argument(0, "filename"))
        texts = [one.value for one in defaults(value) if isinstance(one, Known) and isinstance(one.value, str)]
        found = False
        for text in texts:
            dotted = posixpath.normpath(text).removesuffix(".py").lstrip("./").replace("/", ".")
            target = self.names.packages.module(dotted, module) if text.endswith(".py") else None
            if target is not None and ("/" in text or self.names.packages.together(target, module)):
                found = True
                yield from self._loaded_from(f"{target.name}:", True, (module, scope, call), app)
        shaped = [] if found else files_like(self.objects, module, scope, call.argument(0, "filename"))
        for one in shaped:
            default = True if len(shaped) == 1 else None
            yield from self._loaded_from(f"{one.name}:", default, (module, scope, call), app)
        if not found and not shaped:
            yield opaque(module, scope, call, "from_pyfile", app)
