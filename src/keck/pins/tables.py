"""pyproject.toml and Pipfile."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.pins.pin import Pin, poetic
from keck.pins.requirements import decoded, requirement


def pyproject(data: bytes, path: str) -> Iterator[Pin]:
    """Yield the pins of a pyproject.toml: PEP 621, dependency groups, and Poetry's tables."""
    text = decoded(data)
    read = _toml(text)
    project = _table(read, "project")
    lists = [project.get("dependencies"), *_table(project, "optional-dependencies").values()]
    lists += _table(read, "dependency-groups").values()
    lists += _table(read, "tool", "pdm", "dev-dependencies").values()
    lists.append(_table(read, "tool", "uv").get("dev-dependencies"))
    for each in lists:
        for entry in each if isinstance(each, list) else ():
            found = requirement(entry, path, _line(text, entry)) if isinstance(entry, str) else None
            if found is not None:
                yield found
    poetry = _table(read, "tool", "poetry")
    groups = [group for group in _table(poetry, "group").values() if isinstance(group, dict)]
    for table in (poetry, *groups):
        yield from _constraints(_table(table, "dependencies"), text, path)
    yield from _constraints(_table(poetry, "dev-dependencies"), text, path)


def pipfile(data: bytes, path: str) -> Iterator[Pin]:
    """Yield the pins of a Pipfile."""
    text = decoded(data)
    read = _toml(text)
    for section in ("packages", "dev-packages"):
        yield from _constraints(_table(read, section), text, path)


def _constraints(table: dict[str, object], text: str, path: str) -> Iterator[Pin]:
    for name, entry in table.items():
        constraint = entry.get("version", "") if isinstance(entry, dict) else entry
        if name.lower() != "python" and isinstance(constraint, str):
            yield poetic(name, constraint, path, _line(text, name))


def _toml(text: str) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(read: dict[str, object], *names: str) -> dict[str, object]:
    """Return a table of a table and so on, or an empty one where something else stands there."""
    table: object = read
    for name in names:
        table = table.get(name) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else {}


def _line(text: str, entry: str) -> int:
    """Return the first line in which an entry of the table stands, or 1."""
    found = re.search(rf"(?m)^[^#\n]*?(?<![\w.-]){re.escape(entry)}(?![\w-])", text) or re.search(
        re.escape(entry), text
    )
    return text.count("\n", 0, found.start() + len(found[0])) + 1 if found else 1
