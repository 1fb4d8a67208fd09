"""The words of the starter that become those of a service."""

from __future__ import annotations

import re
from itertools import groupby

PACKAGE = "shop"
PROJECT = "Shop"

_WORD = re.compile(rf"\b(?:{PACKAGE}|{PROJECT})\b")
_DIGITS = re.compile(r"(\d+)")


def renamed(text: str, project: str, package: str) -> str:
    """Return a text or path with the words for the starter's project and package replaced."""
    return _WORD.sub(lambda found: package if found[0] == PACKAGE else project, text)


def sorted_imports(text: str, package: str) -> str:
    """Return Python code with its imports in order again, after the package has got its name.

    Only runs of one-line imports one of which is from the package can be out of order, and within
    one module the order of the names stays.
    """
    lines: list[str] = []
    for kind, run in groupby(text.split("\n"), key=_kind):
        found = list(run)
        if kind and any(_module(line).split(".")[0] == package for line in found):
            found.sort(key=lambda line: _natural(_module(line)))
        lines += found
    return "\n".join(lines)


def _kind(line: str) -> tuple[str, str] | None:
    """Return indentation and keyword of an import that ends on its line; None where it is something else."""
    words = line.split()
    if len(words) < 2 or words[0] not in {"import", "from"} or line.rstrip().endswith(("(", "\\")):
        return None
    if words[0] == "from" and (len(words) < 4 or words[2] != "import"):
        return None
    return line[: len(line) - len(line.lstrip())], words[0]


def _module(line: str) -> str:
    return line.split()[1]


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """Return what names are ordered by: numbers in them count as numbers, and case does not count."""
    parts = _DIGITS.split(name.lower())
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)
