"""What a rule says: a place, a level, a sentence, and what to do."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from keck.edit import Fix
from keck.place import Place

__all__ = ["Finding", "Level", "Place", "Related"]


class Level(IntEnum):
    """How much a finding matters; ordered, so that ``level >= Level.warning`` reads as it should."""

    note = 1
    warning = 2
    error = 3


class Related(msgspec.Struct, frozen=True):
    """A place that belongs to a finding: made here, should be bound there."""

    place: Place
    message: str


class Finding(msgspec.Struct, frozen=True):
    """One fault at one place.

    `symbol` names what the fault is about (an endpoint, an extension, a config key) and does not
    change when lines move: a baseline matches by rule, path and symbol. `seen` is the witness: ``code``,
    ``app`` or ``both``. `tags` say what a live fault is about, see `keck.rule.Rule.live`. `fix` is how `keck fix` repairs it.
    """

    rule: str
    level: Level
    place: Place
    message: str
    help: str
    symbol: str = ""
    related: tuple[Related, ...] = ()
    seen: str = "code"
    tags: tuple[str, ...] = ()
    fix: Fix | None = None

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """The key by which findings are sorted: place first, then rule."""
        return (self.place.path, self.place.line, self.place.column, self.rule, self.message)
