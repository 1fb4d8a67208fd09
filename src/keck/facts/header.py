"""Reads only the imports of a file: enough for the files that no rule looks into."""

from __future__ import annotations

import re

from keck.facts.read import facts_of
from keck.facts.record import Facts

_IMPORT = re.compile(
    rb"^(?:import[ \t][^\r\n;#(\\]*|from[ \t][\w.\t ]*[ \t]import[ \t]*(?:\([^)]*\)|[^\r\n;#(\\]*))(?=[ \t]*(?:#[^\r\n]*)?\r?$)",
    re.MULTILINE,
)


def imports_of(source: bytes) -> Facts:
    """Return the facts of a file's module-level imports and nothing else.

    Never raises. Imports that share a line with other code, continue it with a backslash or stand
    in a block are passed over; so is a file whose imports do not parse by themselves.
    """
    parts = []
    line = 0
    for found in _IMPORT.finditer(source):
        start = source.count(b"\n", 0, found.start())
        parts.append(b"\n" * (start - line) + found[0].replace(b"\r\n", b"\n"))
        line = start + found[0].count(b"\n")
    if not parts:
        return Facts()
    facts = facts_of(b"".join(parts))
    return Facts() if facts.trouble else facts
