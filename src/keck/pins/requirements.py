"""requirements.txt, constraints and their like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.pins.pin import Pin, pin

REQUIREMENT = re.compile(r"([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)", re.DOTALL)
INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)(?:\s*=\s*|\s*)(\S+)")
LOOSE = re.compile(r"\s*(?:[(=<>!~]|$)")


def decoded(data: bytes) -> str:
    """Return the text of a manifest: UTF-8, or UTF-16 with its mark, as PowerShell writes ``pip freeze > ...``."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def requirements(data: bytes, path: str) -> Iterator[Pin]:
    """Yield the pins of a requirements or constraints file; options, URLs and paths are passed over."""
    for number, text in _lines(data):
        found = requirement(text, path, number)
        if found is not None:
            yield found


def requirement(text: str, path: str, line: int) -> Pin | None:
    """Return the pin of one requirement (PEP 508), or None where it is none."""
    body = re.split(r";|\s#|\s--", text, maxsplit=1)[0].strip()
    found = REQUIREMENT.fullmatch(body)
    if found is None:
        return None
    name, rest = found[1], found[2]
    if rest.startswith("@"):
        return pin(name, "", path, line)
    return pin(name, rest, path, line) if LOOSE.match(rest) else None


def includes(data: bytes) -> Iterator[str]:
    """Yield the names of the files that a requirements file includes, as it spells them."""
    for _, text in _lines(data):
        found = INCLUDE.match(text)
        if found is not None:
            yield found[1].replace("\\", "/")


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield the logical lines with the number of their first physical one."""
    joined, start = "", 0
    for number, line in enumerate(decoded(data).splitlines(), 1):
        start = start if joined else number
        joined += line
        if line.endswith("\\"):
            joined = joined[:-1] + " "
            continue
        if joined.strip() and not joined.lstrip().startswith("#"):
            yield start, joined.strip()
        joined = ""
    if joined.strip():
        yield start, joined.strip()
