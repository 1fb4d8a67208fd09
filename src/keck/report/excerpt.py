"""The source line of a finding with a mark under the span, fitted to a width in columns."""

from __future__ import annotations

import io
import tokenize
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from keck.finding import Place
from keck.report.view import last_line

TAB = "    "
CUT = "..."
NARROWEST = 12


def lines_of(path: str, root: str, unsaved: Mapping[str, str]) -> Sequence[str]:
    """Return the lines of a source file as Python counts them; none where it can't be read."""
    if path in unsaved:
        text = unsaved[path]
    else:
        try:
            text = decoded(Path(root, path).read_bytes())
        except (OSError, ValueError):
            return ()
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def excerpt(line: str, place: Place, width: int | None) -> tuple[str, str]:
    """Return the line as it is shown, and the line of carets to put under it.

    A line that is wider than `width` loses its ends; what is marked stays. A span over several
    lines is marked to the end of the first.
    """
    line = line.rstrip()
    start = min(max(place.column - 1, 0), len(line))
    end = place.end_column - 1 if last_line(place) == place.line else len(line)
    end = min(max(end, start + 1), max(len(line), start + 1))
    shown = [_shown(character) for character in line]
    cells = [_cells(text) for text in shown]
    first, last = _window(cells, start, end, width)
    head = CUT if first else ""
    tail = CUT if last < len(line) else ""
    before = len(head) + sum(cells[first:start])
    marked = max(sum(cells[start : min(end, last)]), 1)
    return head + "".join(shown[first:last]) + tail, " " * before + "^" * marked


def decoded(raw: bytes) -> str:
    """Return the text of a source file, read as Python reads it; what can't be decoded is replaced."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        return raw.decode(encoding, "replace")
    except (SyntaxError, LookupError, UnicodeError):  # no such encoding, or one that is not for text
        return raw.decode("utf-8", "replace")


def _shown(character: str) -> str:
    if character == "\t":
        return TAB
    return character if character.isprintable() else "?"


def _cells(text: str) -> int:
    if len(text) > 1 or text.isascii():
        return len(text)
    if unicodedata.combining(text):
        return 0
    return 2 if unicodedata.east_asian_width(text) in "WF" else 1


def _window(cells: Sequence[int], start: int, end: int, width: int | None) -> tuple[int, int]:
    """Choose which characters are shown: the mark first, then what is before it, then after."""
    if width is None or sum(cells) <= width:
        return 0, len(cells)
    room = max(width, NARROWEST) - 2 * len(CUT)
    first = last = start
    while last < min(end, len(cells)) and cells[last] <= room:
        room -= cells[last]
        last += 1
    while first > 0 and cells[first - 1] <= room:
        first -= 1
        room -= cells[first]
    while last < len(cells) and cells[last] <= room:
        room -= cells[last]
        last += 1
    return first, last
