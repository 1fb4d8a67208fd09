"""Places in the text of a test: where a piece of code stands."""

from __future__ import annotations

from keck.place import Place


def place(text: str, piece: str, nth: int = 0) -> Place:
    """Return where the n-th occurrence of a piece of code stands."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(piece, start + 1)
    return Place("app.py", *_point(text, start), *_point(text, start + len(piece)))


def _point(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
