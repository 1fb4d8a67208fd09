"""environment.yml of conda."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.pins.pin import Pin, pin
from keck.pins.requirements import decoded, requirement

ENTRY = re.compile(r"\s*-\s+[\"']?([^\"'#]+?)[\"']?\s*(?:#.*)?")
CONDA = re.compile(r"(?:[\w.-]+::)?([\w.-]+)\s*=\s*([\w.*]+)(=\S+)?")


def conda(data: bytes, path: str) -> Iterator[Pin]:
    """Yield the pins of an environment.yml: conda's own (``flask=1.0``) and those of its pip section."""
    inside = False
    for number, line in enumerate(decoded(data).splitlines(), 1):
        if line[:1].isalpha():
            inside = line.startswith("dependencies:")
        entry = ENTRY.fullmatch(line) if inside else None
        if entry is None or entry[1].endswith(":"):
            continue
        own = CONDA.fullmatch(entry[1])
        found = (
            pin(own[1], _specifier(own[2], exact=bool(own[3])), path, number)
            if own
            else requirement(entry[1], path, number)
        )
        if found is not None:
            yield found


def _specifier(version: str, *, exact: bool) -> str:
    """Return conda's ``=1.0`` (any 1.0, unless a build follows) as a specifier."""
    return "==" + version if exact or version.endswith("*") else f"=={version}.*"
