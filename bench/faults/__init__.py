"""Faults to plant into a service of `keck new`, one at a time: a module for each folder of rules."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One fault, and how it is planted.

    Args:
        rule: the id of the rule that it breaks.
        name: what was done, in a few words.
        edits: each the path of a file of the service, a text that stands there once, and what replaces it.
        environment: variables that the service sees.
        backends: whether the doctor asks the database and the others.
        probe: whether the doctor sends requests.
    """

    rule: str
    name: str
    edits: tuple[tuple[str, str, str], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    backends: bool = False
    probe: bool = False

    def plant(self, root: Path) -> None:
        """Change the service in a directory.

        Raises:
            LookupError: a text is not there, or more than once.
        """
        for path, old, new in self.edits:
            file = root / path
            text = file.read_text(encoding="utf-8") if file.exists() else ""
            if (text.count(old) if old else not text) != 1:
                raise LookupError(f"{self.name}: {path} has {text.count(old)} times {old!r}")
            file.write_text(text.replace(old, new) if old else new, encoding="utf-8")


def faults() -> Iterator[Fault]:
    """Yield every fault, folder by folder."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        yield from importlib.import_module(module.name).FAULTS
