"""The gate: which files can matter to a rule, decided on their bytes before anything is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from keck.rule import rules

_SMALL = 600
"""A file of up to so many bytes always passes: what re-exports or wires things is often tiny."""


@cache
def needles(chosen: tuple[str, ...] | None = None) -> tuple[bytes, ...]:
    """Return the words that the rules declare, without those that hold another one.

    Args:
        chosen: ids of the rules that will be asked; None for all.
    """
    words = {word.encode() for one in rules() if chosen is None or one.id in chosen for word in one.needles}
    return tuple(sorted(word for word in words if not any(other in word for other in words if other != word)))


@cache
def _pattern(words: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(b"|".join(map(re.escape, words)))


def passes(path: str, data: bytes, words: Iterable[bytes]) -> bool:
    """Whether a file must be parsed: a needle, a comment to Keck, a package's ``__init__``, or small."""
    if len(data) <= _SMALL or path.endswith("__init__.py") or b"keck:" in data:
        return True
    return any(word in data for word in words)
