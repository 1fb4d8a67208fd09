"""Seams: where lines have gone, the blank lines around them are put right, as a formatter would."""

from __future__ import annotations

import re
from collections.abc import Sequence

_OPENS = re.compile(r".*[:(\[{]\s*(?:#.*)?")
_CLOSES = re.compile(r"\s*[)\]}]")


def joined(lines: Sequence[str | None], *, python: bool) -> str:
    """Return lines as a text, where some have gone from between them.

    Where lines have gone, as many blank lines stay as were on the side that had more: two at most
    at the top level of Python code, one at most below it, none at the start of a block, of a
    bracket or of the file, and none at its end. Elsewhere nothing changes.

    Args:
        lines: None for each line that has gone; the last is the empty one after the last line's end.
        python: whether the text is Python code.
    """
    out: list[str] = []
    run: list[str | None] = []
    for line in lines:
        if line is None or not line.strip():
            run.append(line)
            continue
        out += _blanks(run, out[-1] if out else None, line, python=python)
        out.append(line)
        run = []
    if None not in run:
        return "\n".join([*out, *(line for line in run if line is not None)])
    return "\n".join([*out, ""]) if out else ""


def _blanks(run: Sequence[str | None], before: str | None, after: str, *, python: bool) -> list[str]:
    """Return the blank lines to stand between two lines, where `run` stood."""
    if None not in run:
        return [line for line in run if line is not None]
    if before is None:
        return []
    most, count = 0, 0
    for line in run:
        count = 0 if line is None else count + 1
        most = max(most, count)
    if python:
        if _indent(after) > _indent(before) and _OPENS.fullmatch(before):
            return []
        if _CLOSES.match(after):
            return []
        most = min(most, 1 if _indent(after) else 2)
    return [""] * most


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
