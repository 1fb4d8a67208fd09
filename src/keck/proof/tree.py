"""A copy of a project's tree, in which a patch is tried and the app is booted; it can be brought back to what it was.

Left out: repositories, environments, caches, `node_modules`. A link to the original stands for a file above
`LARGE`, and for a folder without code that has more than `MANY` files or more than `LARGE` in it: what is booted can
read it, and the gate keeps it from being written. SQLite files are always copied.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

from keck.trouble import Trouble

LARGE = 16 * 1024 * 1024
"""Bytes above which a file is linked."""
MANY = 500
"""Files above which a folder without code is linked."""
_OUT = frozenset(
    [
        *(".git", ".hg", ".svn", ".tox", ".nox", ".idea", ".vscode", ".eggs", ".cache", ".keck_cache"),
        *("node_modules", "bower_components", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"),
    ]
)
_CODE = (".py", ".html", ".htm", ".jinja", ".jinja2", ".j2", ".toml", ".cfg", ".ini", ".env", ".yml", ".yaml", ".mako")
_SQLITE = b"SQLite format 3\0"
_CHUNK = 16

_Stamp = tuple[int, int, int]
_FOLDER = (0, 0, 0)


class Tree:
    """The copy.

    Args:
        root: the project's tree.
        folder: an empty folder; the copy becomes one in it, of the root's name.

    Attributes:
        path: the copy, a real path.
        original: the root, a real path.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self.original = root.resolve()
        self._folder = folder.resolve()
        self.path = self._folder / (self.original.name or "project")
        self.path.mkdir()
        self._fill(self.original, self.path)
        self._stamps = self._look()

    def _fill(self, source: Path, target: Path) -> None:
        for entry in sorted(os.scandir(source), key=lambda one: one.name):
            here, there = Path(entry.path), target / entry.name
            if entry.is_symlink() or not entry.is_dir():
                self._make(here, there)
            elif here == self._folder or _is_left_out(here):
                continue
            elif _is_bulk(here):
                there.symlink_to(here)
            else:
                there.mkdir()
                self._fill(here, there)

    def _make(self, here: Path, there: Path) -> None:
        """Make what is no folder of the copy's own: a link leads where the original does, within the copy if it can."""
        if here.is_symlink():
            target = here.resolve()
            if target.is_relative_to(self.original):
                target = self.path / target.relative_to(self.original)
            there.symlink_to(target)
        elif here.is_dir():
            there.symlink_to(here)
        elif here.is_file():
            _copy(here, there)

    def _look(self) -> dict[str, _Stamp]:
        """Return what tells whether something has been changed, by its path in the copy; folders all have the same."""
        found = {}
        for folder, folders, names in os.walk(self.path):
            for name in (*folders, *names):
                path = f"{folder}{os.sep}{name}"
                status = os.lstat(path)
                is_folder = stat.S_ISDIR(status.st_mode)
                found[path] = _FOLDER if is_folder else (status.st_ino, status.st_size, status.st_ctime_ns)
        return found

    def has(self, relative: str) -> bool:
        """Whether the copy has a file or folder."""
        return (self.path / relative).exists()

    def apply(self, contents: Mapping[str, bytes | None]) -> None:
        """Write files into the copy; what is None is removed.

        Args:
            contents: by path relative to the root, with ``/``.

        Raises:
            Trouble: a path leads out of the tree.
        """
        for relative, content in contents.items():
            path = self.path / relative
            self._own(path.parent, relative)
            path.unlink(missing_ok=True)
            if content is not None:
                path.write_bytes(content)

    def _own(self, folder: Path, relative: str) -> None:
        """Make a folder one of the copy's own, where it is a link or is not there."""
        if not folder.is_relative_to(self.path) or ".." in Path(relative).parts:
            raise Trouble(f"{relative} lies outside of the project {self.original}; name files below it")
        for one in reversed([folder, *folder.parents]):
            if not one.is_relative_to(self.path) or one == self.path:
                continue
            if one.is_symlink():
                target = one.resolve()
                one.unlink()
                one.mkdir()
                for entry in os.scandir(target):
                    (one / entry.name).symlink_to(entry.path)
            one.mkdir(exist_ok=True)

    def restore(self) -> None:
        """Bring the copy back to what it was: what was written, made or removed since."""
        now = self._look()
        for path in sorted(now, reverse=True):  # what is in a folder comes before it
            if self._stamps.get(path) != now[path]:
                _remove(Path(path))
        wrong = sorted(path for path, one in self._stamps.items() if now.get(path) != one)
        for path in wrong:
            there = Path(path)
            if self._stamps[path] == _FOLDER:
                there.mkdir()
            else:
                self._make(self.original / there.relative_to(self.path), there)
        if wrong:
            self._stamps = self._look()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink()


def _copy(here: Path, there: Path) -> None:
    """Copy a file; one that cannot be read is left out, and a large one linked unless it is a database."""
    try:
        if here.stat().st_size > LARGE and not _is_sqlite(here):
            there.symlink_to(here)
        else:
            shutil.copy2(here, there)
    except OSError:
        there.unlink(missing_ok=True)


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(_CHUNK) == _SQLITE


def _is_left_out(folder: Path) -> bool:
    return folder.name in _OUT or (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


def _is_bulk(folder: Path) -> bool:
    """Whether a folder has much in it, and no code: a media library, a build of a frontend, a data set."""
    files = size = 0
    for where, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if one not in _OUT]
        for name in names:
            if name.endswith(_CODE):
                return False
            files += 1
            try:
                path = f"{where}{os.sep}{name}"
                size += os.lstat(path).st_size
            except OSError:
                continue
    return (files > MANY or size > LARGE) and not _has_databases(folder)


def _has_databases(folder: Path) -> bool:
    ends = (".db", ".sqlite", ".sqlite3")
    return any(name.endswith(ends) for _, _, names in os.walk(folder) for name in names)
