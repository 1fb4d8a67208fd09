"""The starter: the project in this package that every service is written from."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import msgspec
from pathspec import GitIgnoreSpec

from keck.new.features import FEATURES, BrokenStarter, holds

STARTER = Path(__file__).parents[1] / "starter"
"""The one that is part of Keck."""

LEFTOVERS = (
    "__pycache__/",
    "*.py[co]",
    ".*_cache/",
    ".cache/",
    ".coverage*",
    ".DS_Store",
    ".env",
    ".git/",
    ".hypothesis/",
    ".venv/",
    "*.db",
    "*.db-*",
    "*.egg-info/",
    "build/",
    "celerybeat-schedule*",
    "dist/",
    "htmlcov/",
    "instance/",
    "venv/",
)
"""What work in the starter leaves behind, as patterns of .gitignore; its own .gitignore adds to them."""

FORM = 1
"""To be raised whenever the same starter gives another service than before."""


class File(msgspec.Struct, frozen=True):
    """A file's content, whether it may be run, and whether it is for its owner only."""

    data: bytes
    executable: bool = False
    private: bool = False


Tree = Mapping[str, File]
"""Files by path, which is relative and has ``/``."""


class Starter(msgspec.Struct, frozen=True):
    """What a starter holds.

    Args:
        files: all of its files.
        folders: conditions, each with the paths that are part of a service where it holds.
        vendored: paths that are other people's work, which goes into a service as it is.
    """

    files: Tree
    folders: Mapping[str, tuple[str, ...]] = {}
    vendored: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """What tells this starter from others: ``sha256:`` and 64 hexadecimal digits."""
        found = hashlib.sha256(str(FORM).encode())
        for path, file in sorted(self.files.items()):
            text = text_of(file.data)
            data = file.data if text is None else text.encode()
            found.update(f"\0{path}\0{len(data)}\0".encode() + data)
        return f"sha256:{found.hexdigest()}"

    def has(self, path: str, without: Collection[str]) -> bool:
        """Whether a service without these features has what stands at a path."""
        return all(holds(condition, without) for condition, paths in self.folders.items() if any(_below(path, paths)))

    def is_vendored(self, path: str) -> bool:
        """Whether a file is other people's work."""
        return any(_below(path, self.vendored))


def text_of(data: bytes) -> str | None:
    r"""Return a file's content as text whose lines end with ``\n`` alone; None where it is none."""
    try:
        return None if b"\0" in data else data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


def read(path: Path = STARTER) -> Starter:
    """Return the starter in a directory, without what work in it has left behind.

    Raises:
        BrokenStarter: it is not there, or its ``[tool.keck.starter]`` is no table of paths.
    """
    files = {one: _file(path / one) for one in sorted(_paths(path))}
    if "pyproject.toml" not in files:
        raise BrokenStarter(f"there is no starter in {path.as_posix()}")
    project = tomllib.loads(files["pyproject.toml"].data.decode())
    table = project.get("tool", {}).get("keck", {}).get("starter", {})
    for condition, paths in table.items():
        if condition != "vendored":
            holds(condition, FEATURES)
        for one in paths:
            if not any(any(_below(each, (one,))) for each in files):
                raise BrokenStarter(f"[tool.keck.starter] names {one}, which is not there")
    folders = {condition: tuple(paths) for condition, paths in table.items() if condition != "vendored"}
    return Starter(files, folders, tuple(table.get("vendored", ())))


def _paths(root: Path) -> Iterator[str]:
    own = root / ".gitignore"
    ignored = own.read_text(encoding="utf-8").splitlines() if own.is_file() else []
    spec = GitIgnoreSpec.from_lines([*ignored, *LEFTOVERS])
    for directory, below, names in os.walk(root):
        here = Path(directory).relative_to(root)
        below[:] = [one for one in below if not spec.match_file((here / one).as_posix() + "/")]
        yield from (path for one in names if not spec.match_file(path := (here / one).as_posix()))


def _file(path: Path) -> File:
    return File(path.read_bytes(), executable=bool(path.stat().st_mode & 0o100))


def _below(path: str, roots: Collection[str]) -> Iterator[bool]:
    """Yield for each of the roots whether a path is it, or lies below it."""
    return (path == root or path.startswith(root.rstrip("/") + "/") for root in roots)
