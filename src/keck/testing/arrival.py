"""Modules that arrive: what is to be done once they have been imported, without importing them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

Then = Callable[[ModuleType], None]


class Arrivals:
    """Calls back for each of some top-level modules: now if it is there, else when its import is through.

    Args:
        awaited: what to call, by the module's name.
    """

    def __init__(self, awaited: Mapping[str, Then]) -> None:
        self._awaited = dict(awaited)
        self._seeking: set[str] = set()

    @property
    def watching(self) -> bool:
        """Whether what arrives now was not there at the beginning."""
        return self in sys.meta_path

    def install(self) -> None:
        """Begin to watch."""
        for name, then in self._awaited.items():
            module = sys.modules.get(name)
            if module is not None:
                then(module)
        sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Watch no more."""
        if self.watching:
            sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what the other finders find, such that we hear of it when it has run."""
        _ = path, target
        if name not in self._awaited or name in self._seeking:
            return None
        self._seeking.add(name)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._seeking.discard(name)
        if spec is not None and spec.loader is not None:
            _call_after(spec.loader, name, self._awaited[name])
        return spec


def _call_after(loader: object, name: str, then: Then) -> None:
    """Let a loader call back when it has run a module. It is otherwise left as it is: others look at its type."""
    run: Then = loader.exec_module  # type: ignore[attr-defined]  # each has it since Python 3.4

    def exec_module(module: ModuleType) -> None:
        run(module)
        if module.__name__ == name:
            vars(loader).pop("exec_module", None)
            then(module)

    vars(loader)["exec_module"] = exec_module
