"""Which versions a project pins, read from its manifests and lock files.

Versions decide what is a fault: a bare ``@jwt_required`` is right under Flask-JWT-Extended 3. What
no file says is not known, and `Pins.before` says so. Nothing here raises on a broken file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from keck.pins.pin import Pin, Pins, normalised

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[bytes, str], Iterator[Pin]]

__all__ = ["Pin", "Pins", "manifest", "normalised", "pins"]

NAMES = re.compile(
    r"""
    (?:.*/)? (?:
        (?P<requirements> requirements/[^/]+\.(?:txt|in|pip) | [^/]*(?:requirements|constraints)[^/]*\.(?:txt|in|pip) )
        | (?P<pyproject> pyproject\.toml )
        | (?P<pipfile> pipfile )
        | (?P<pipfile_lock> pipfile\.lock )
        | (?P<lock> (?:poetry|uv|pdm)\.lock )
        | (?P<setup_py> setup\.py )
        | (?P<setup_cfg> setup\.cfg )
        | (?P<conda> (?:environment|conda)[^/]*\.ya?ml )
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def manifest(path: str) -> bool:
    """Whether the file's name is that of a manifest or lock file that `pins` reads."""
    return NAMES.fullmatch(path) is not None


def pins(files: Mapping[str, bytes]) -> Pins:
    """Return what the manifests of one project pin.

    Args:
        files: the project's files by path (relative, with ``/``); those that are no manifests are
            passed over, except where a requirements file includes them.
    """
    found: dict[str, dict[str, list[Pin]]] = {}
    for path in sorted(files):
        reader = _reader(path)
        if reader is None:
            continue
        table = found.setdefault(_folder(path), {})
        for pin in _pins(path, reader, files):
            table.setdefault(pin.name, []).append(pin)
    return Pins({folder: table for folder, table in found.items() if table})


def _reader(path: str) -> Reader | None:
    named = NAMES.fullmatch(path)
    if named is None or named.lastgroup is None:
        return None
    from keck.pins.conda import conda
    from keck.pins.lock import lock, pipfile_lock
    from keck.pins.requirements import requirements
    from keck.pins.setup import setup_cfg, setup_py
    from keck.pins.tables import pipfile, pyproject

    readers: dict[str, Reader] = {
        "requirements": requirements,
        "pyproject": pyproject,
        "pipfile": pipfile,
        "pipfile_lock": pipfile_lock,
        "lock": lock,
        "setup_py": setup_py,
        "setup_cfg": setup_cfg,
        "conda": conda,
    }
    return readers[named.lastgroup]


def _folder(path: str) -> str:
    """Return the directory for which a manifest speaks."""
    folder = posixpath.dirname(path)
    return posixpath.dirname(folder) if posixpath.basename(folder).lower() == "requirements" else folder


def _pins(path: str, reader: Reader, files: Mapping[str, bytes]) -> Iterator[Pin]:
    from keck.pins.requirements import includes, requirements

    yield from reader(files[path], path)
    if reader is not requirements:
        return
    pending, seen = [path], {path}
    while pending:
        including = pending.pop()
        for name in includes(files[including]):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(including), name))
            if target in seen or target not in files:
                continue
            seen.add(target)
            pending.append(target)
            if _reader(target) is None or _folder(target) != _folder(path):
                yield from requirements(files[target], target)
