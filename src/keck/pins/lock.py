"""Lock files: the versions that are installed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.pins.pin import Pin, normalised, pin

STRING = re.compile(rb'(name|version)\s*=\s*"([^"]*)"')


def lock(data: bytes, path: str) -> Iterator[Pin]:
    """Yield the pins of poetry.lock, uv.lock or pdm.lock.

    The three agree in what is read here (``[[package]]``, then `name` and `version`). They grow to
    tens of thousands of lines, so they are read line by line and not as TOML. A distribution that is
    locked in several versions (for several platforms) is pinned to none of them.
    """
    versions: dict[str, list[tuple[str, int]]] = {}
    fields: dict[bytes, tuple[str, int]] = {}
    inside = False
    for number, line in enumerate((*data.splitlines(), b"[end]"), 1):
        if line.startswith(b"["):
            if inside and len(fields) == 2:
                name, at = fields[b"name"]
                versions.setdefault(name, []).append((fields[b"version"][0], at))
            inside = line.startswith(b"[[package]]")
            fields = {}
        elif inside:
            found = STRING.match(line)
            if found:
                fields[found[1]] = (found[2].decode("utf-8", "replace"), number)
    for name, locked in versions.items():
        version, at = locked[0]
        if len({each for each, _ in locked}) == 1:
            yield pin(name, "==" + version, path, at)
        else:
            yield Pin(normalised(name), None, None, None, path, at)


def pipfile_lock(data: bytes, path: str) -> Iterator[Pin]:
    """Yield the pins of Pipfile.lock."""
    import json

    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(read, dict):
        return
    lines = {line.strip().partition(b'"')[2].partition(b'"')[0]: at for at, line in _numbered(data)}
    for section in ("default", "develop"):
        table = read.get(section)
        for name, entry in table.items() if isinstance(table, dict) else ():
            version = entry.get("version") if isinstance(entry, dict) else None
            if isinstance(version, str):
                yield pin(name, version, path, lines.get(name.encode(), 1))


def _numbered(data: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(data.splitlines(), 1):
        if line.rstrip().endswith(b"{"):
            yield number, line
