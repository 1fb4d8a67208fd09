"""Logical lines: one command each, however many physical lines it is spread over.

Where physical lines are joined a vertical tab stands between them: it is white space to every
pattern, and counting them gives back the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

JOINT = "\v"
KEY = re.compile(r"(\s*)(?:-\s+)?(?:[\w-]*(?:[Cc]ommand|args|entrypoint|run)\s*:\s*(.*)|web\s*:\s*(\S.*))")
UNIT = re.compile(r"\s*(?:command|ExecStart)\s*=\s*[-@:+!]*", re.IGNORECASE)


def logical(text: str, path: str) -> Iterator[tuple[int, str]]:
    """Yield the commands of a file, each with the number of its first line (from 1)."""
    lines = text.splitlines()
    if path.lower().endswith((".yml", ".yaml")):
        yield from _yaml(lines)
    else:
        yield from _shell(lines, 1, indented=path.lower().endswith((".conf", ".ini")))


def _shell(lines: list[str], first: int, *, indented: bool = False) -> Iterator[tuple[int, str]]:
    """Join lines after a backslash and, in the files of supervisor, lines that are indented."""
    joined: list[str] = []
    start = first
    for number, line in enumerate(lines, first):
        continued = bool(joined) and (joined[-1].endswith("\\") or (indented and line[:1].isspace()))
        if joined and not continued:
            yield start, _joined(joined)
            joined = []
        start = start if continued else number
        joined.append(line.rstrip())
    if joined:
        yield start, _joined(joined)


def _joined(lines: list[str]) -> str:
    """Return the lines as one, and what a unit runs without its key."""
    joined = JOINT.join(line.removesuffix("\\") for line in lines)
    unit = UNIT.match(joined)
    return joined[unit.end() :] if unit else joined


def _yaml(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Take the values of keys that hold commands: one line, a list, folded or literal text."""
    for number, line in enumerate(lines, 1):
        found = KEY.fullmatch(line)
        if found is None:
            continue
        indent, value = len(found[1]), found[2] or found[3] or ""
        below = []
        for each in lines[number:]:
            own = len(each) - len(each.lstrip())
            if each.strip() and own <= indent and not (own == indent and each.lstrip().startswith("- ")):
                break
            below.append(re.sub(r"^\s*-\s+", "", each.strip()))
        if value.startswith("|"):
            yield from _shell(below, number + 1)
        else:
            yield number, JOINT.join(["" if value.startswith(">") else value, *below])
