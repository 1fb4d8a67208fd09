"""Who uses a module-level name: the modules that import it, or reach it as an attribute of its module."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from keck.facts.expr import Ref, walk
from keck.facts.record import Class, Function
from keck.project.module import Module
from keck.project.names import Names
from keck.project.symbols import is_below


class Users:
    """The users of the names of a project."""

    def __init__(self, names: Names) -> None:
        self.names = names

    @cached_property
    def _importers(self) -> dict[str, dict[str, None]]:
        """For each symbol the paths of the modules that import it; a star's key is ``module:*``."""
        found: dict[str, dict[str, None]] = {}
        for module in self.names.modules.values():
            for one in module.facts.imports:
                if one.name == "*":
                    target = self.names.imported(module, one)
                    symbol = f"{target.name}:*" if target is not None else ""
                else:
                    symbol = self.names.bound_by(module, one)
                if ":" in symbol:
                    found.setdefault(symbol, {})[module.path] = None
        return found

    def at_home(self, symbol: str) -> bool:
        """Whether the module that defines a top-level name uses an attribute of it."""
        module = self.names.by_name.get(symbol.partition(":")[0])
        return module is not None and any(
            self.names.resolve(module, scope, ref.name).startswith(symbol + ".")
            for scope, ref in _mentions(module)
            if "." in ref.name
        )

    def of(self, symbol: str) -> tuple[Module, ...]:
        """Return the modules, but for its own, that import a module-level name or reach it as an attribute."""
        home = symbol.partition(":")[0]
        name = symbol.partition(":")[2].partition(".")[0]
        paths = dict(self._importers.get(f"{home}:{name}", {}))
        above = [home, *(home.rsplit(".", count)[0] for count in range(1, home.count(".") + 1))]
        keys = [f"{home}:*", *(f"{one}:" for one in above)]
        for path in [each for key in keys for each in self._importers.get(key, ())]:
            module = self.names.modules[path]
            if path not in paths and any(
                name in ref.name.split(".") and is_below(self.names.resolve(module, scope, ref.name), f"{home}:{name}")
                for scope, ref in _mentions(module)
            ):
                paths[path] = None
        return tuple(self.names.modules[path] for path in sorted(paths) if self.names.modules[path].name != home)


def _mentions(module: Module) -> Iterator[tuple[str, Ref]]:
    """Yield the names in a module with their scopes, those of base classes and decorators included."""
    for scope in module.scopes:
        for ref in module.refs(scope):
            yield scope, ref
    defined: list[Class | Function] = [*module.facts.classes, *module.facts.functions]
    for one in defined:
        for expr in (*one.decorators, *(one.bases if isinstance(one, Class) else ())):
            for part in walk(expr):
                if isinstance(part, Ref):
                    yield one.scope, part
