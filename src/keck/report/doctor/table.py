"""A table for a terminal: columns that line up, and what has no room moves to lines of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from keck.report.text import wrapped
from keck.report.view import View, one_line

GAP = "  "
DEEPER = "    "
LEAST_ROOM = 52


class Paint(Protocol):
    """How the text of a cell is painted."""

    def __call__(self, column: int, text: str, /) -> str:
        """Return the text of a cell with its colours."""


def table(
    rows: Sequence[Sequence[str]], view: View, *, paint: Paint = lambda _, text: text, indent: str = "  "
) -> Iterator[list[str]]:
    """Yield the lines of each row.

    As many columns line up as fit the width; the cells of the others follow on lines of their own, deeper
    than the row and broken at spaces. The last column is broken within itself where there is room for that.
    """
    shown = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    lead = _fitting(widths, None if view.width is None else view.width - len(indent))
    used = len(indent) + sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
    hanging = view.width is not None and lead == len(widths) - 1 and view.width - used >= LEAST_ROOM
    for row in shown:
        cells = [paint(number, cell) + " " * (widths[number] - len(cell)) for number, cell in enumerate(row[:lead])]
        lines = [(indent + GAP.join(cells)).rstrip()]
        if hanging:
            first, *rest = wrapped(row[-1], view, first=" " * used, rest=" " * used)
            yield [indent + GAP.join([*cells, paint(lead, first.strip())]).rstrip(), *rest]
            continue
        for number, cell in enumerate(row[lead:], lead):
            if cell:
                first, *rest = wrapped(cell, view, first=indent + DEEPER, rest=indent + DEEPER + GAP)
                lines += [indent + DEEPER + paint(number, first.strip()), *rest]
        yield lines


def _fitting(widths: Sequence[int], room: int | None) -> int:
    """Return how many columns have room beside each other; the first always has."""
    if room is None:
        return len(widths)
    used = 0
    for number, width in enumerate(widths):
        used += width + (len(GAP) if number else 0)
        if used > room:
            return max(number, 1)
    return len(widths)
