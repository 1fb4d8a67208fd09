"""What is to be done once a module has been imported, whoever imports it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


class Afterwards(MetaPathFinder):
    """Changes modules as they are imported.

    Args:
        changes: what changes a module, by its name.
    """

    def __init__(self, changes: Mapping[str, Callable[[Any], None]]) -> None:
        self.changes = dict(changes)

    def begin(self) -> None:
        """Change what is imported already, and from now on the rest."""
        for name in [one for one in self.changes if one in sys.modules]:
            self.changes.pop(name)(sys.modules[name])
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how a module is imported that is to be changed; None for all others."""
        if fullname not in self.changes:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        loader: Any = spec.loader
        change, execute = self.changes.pop(fullname), loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            change(module)

        loader.exec_module = exec_module
        return spec
