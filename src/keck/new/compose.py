"""What a service is made of: the starter with its words, marks and places filled in."""

from __future__ import annotations

from pathlib import PurePosixPath

import msgspec

from keck.new import environment, manifest, marks, origin, words
from keck.new.features import BrokenStarter
from keck.new.manifest import Manifest
from keck.new.starter import File, Starter, Tree, text_of

EXAMPLE = ".env.example"
SECRETS = ".env"
PLACE_OF_ORIGIN = "requirements/keck.txt"
PROJECT = "pyproject.toml"


def compose(starter: Starter, service: Manifest, keck: str) -> Tree:
    """Return the files of a service, all but its .env.

    The same arguments always give the same bytes.

    Args:
        starter: what it is written from.
        service: its names and what it is without.
        keck: the line of its requirements that says where Keck came from.

    Raises:
        BrokenStarter: a mark in the starter is wrong; names file and line.
    """
    made: dict[str, File] = {}
    for path, file in starter.files.items():
        if not starter.has(path, service.without):
            continue
        target = words.renamed(path, service.name, service.package)
        text = None if starter.is_vendored(path) else text_of(file.data)
        if text is None:
            made[target] = file
            continue
        plain = _plain(path, text, service)
        if plain is None:
            continue
        if path == EXAMPLE:
            plain = environment.example(plain)
        elif path == PLACE_OF_ORIGIN:
            plain = origin.put(plain, keck)
        elif path == PROJECT:
            plain = manifest.put(plain, service)
        made[target] = msgspec.structs.replace(file, data=plain.encode())
    return dict(sorted(made.items()))


def example_of(starter: Starter, service: Manifest) -> str:
    """Return a service's .env.example with the marks of what is drawn; empty where the starter has none."""
    text = text_of(starter.files[EXAMPLE].data) if EXAMPLE in starter.files else None
    return (_plain(EXAMPLE, text, service) if text else None) or ""


def _plain(path: str, text: str, service: Manifest) -> str | None:
    """Return a text without marks and with the service's names; None where the service does not have it."""
    python = PurePosixPath(path).suffix == ".py"
    try:
        plain = marks.without_marks(text, service.without, python=python)
    except BrokenStarter as error:
        raise BrokenStarter(f"{path}, {error}") from error
    if plain is None:
        return None
    plain = words.renamed(plain, service.name, service.package)
    return words.sorted_imports(plain, service.package) if python else plain
