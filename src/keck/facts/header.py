"""Reads only the imports of a file: enough for the files that no rule looks into."""

from __future__ import annotations

import re

from keck.facts.read import facts_of
from keck.facts.record import Facts

_IMPORT = re.compile(
    rb"""^(?: import[ \t][^\r\n;\#(\\]*+
            | from[ \t]++[\w.]++[ \t]++import[ \t]*+ (?: \( (?:[^()\#]|\#[^\r\n]*+)*+ \) [ \t]*+ | [^\r\n;\#(\\]*+ )
          ) (?= (?:\#[^\r\n]*+)? \r?$ )""",
    re.MULTILINE | re.VERBOSE,
)
_QUOTES = (b'"""', b"'''")


def imports_of(source: bytes) -> Facts:
    """Return the facts of a file's module-level imports and nothing else.

    Never raises. Imports that share a line with other code, continue it with a backslash or stand
    in a block are passed over; so is a file whose imports do not parse by themselves.
    """
    parts = []
    end = 0
    quoted = [False, False]
    for found in _IMPORT.finditer(source):
        gap = source.count(b"\n", end, found.start())
        odd = [source.count(mark, end, found.start()) % 2 == 1 for mark in _QUOTES]
        quoted = [before is not now for before, now in zip(quoted, odd, strict=True)]
        if any(quoted):
            return _parsed(source)
        parts.append(b"\n" * gap + found[0].replace(b"\r\n", b"\n"))
        end = found.end()
    if not parts:
        return Facts()
    facts = facts_of(b"".join(parts))
    return Facts() if facts.trouble else facts


def _parsed(source: bytes) -> Facts:
    """Return the same for a file in which an import may stand within a text."""
    return Facts(imports=tuple(one for one in facts_of(source).imports if not one.scope and one.block < 0))
