"""Walking a directory: which files are looked at."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from keck.deployment import deploys
from keck.pins import manifest
from keck.source.environments import is_environment
from keck.source.ignored import Excluded, Rules, exclusions, left_out, outer_rules, own_rules
from keck.source.projects import is_package, marked, marked_beside_code, project_of, settled
from keck.source.tree import Found, Tree, notices

SKIPPED = frozenset(
    {
        ".eggs",
        ".git",
        ".hg",
        ".keck_cache",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        "__pycache__",
        "node_modules",
    }
)
"""Directories that nobody's own code stands in."""

PLACEHOLDERS = ("{{", "{%")
SUFFIXES = frozenset({"cfg", "conf", "in", "ini", "lock", "pip", "service", "sh", "toml", "txt", "yaml", "yml"})


class _Folder(msgspec.Struct):
    """A directory that is still to be looked at."""

    path: str
    relative: str  # "" or with a slash at its end
    rules: tuple[Rules, ...]
    in_project: bool


def find(root: Path, *, exclude: Sequence[str] = (), home: Path | None = None, explicit: Collection[Path] = ()) -> Tree:
    """Return what there is to check under `root`.

    Links to directories are not followed. What git ignores is left out, also by the ignore files
    of an enclosing repository, unless these ignore `root` itself.

    Args:
        root: the directory; it is looked at whatever its name.
        exclude: more patterns to leave out, in the syntax of gitignore, relative to `home`.
        home: the directory that the patterns were written for, above or below `root`; `root` if None.
        explicit: files and directories under `root` that are looked at even if they are ignored,
            excluded or of a kind that is passed over; a file of any name is checked.
    """
    top = os.path.abspath(root)  # noqa: PTH100 - strings: a Path for each entry takes ten times as long
    excluded = exclusions(exclude, root if home is None else home, root)
    found = Found()
    _walk(_Folder(top, "", outer_rules(top), in_project=False), excluded, found)
    for given in sorted(map(os.path.abspath, explicit)):
        _add_explicit(top, given, found)
    return Tree(
        files=tuple(sorted(found.files)),
        notices=tuple(notices(found)),
        others=tuple(sorted(found.others)),
        projects=tuple(sorted(settled(found.projects, found.packages, found.marked, found.repositories))) or ("",),
    )


def _add_explicit(top: str, given: str, found: Found) -> None:
    relative = given[len(top) :].replace(os.sep, "/").strip("/")
    if not relative or os.path.join(top, *relative.split("/")) != given or not _speakable(relative):  # noqa: PTH118 - see find
        return
    if os.path.isfile(given):  # noqa: PTH113 - see find
        found.files.add(relative)
    elif relative + "/" not in found.visited and os.path.isdir(given):  # noqa: PTH112 - see find
        in_project = project_of(relative, found.projects) in found.projects
        _walk(_Folder(given, relative + "/", (), in_project=in_project), None, found)


def _walk(start: _Folder, excluded: Excluded | None, found: Found) -> None:
    """Gather what lies under a directory."""
    pending = [start]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder.path) as listing:
                entries = list(listing)
        except OSError:
            found.unreadable.add(folder.relative or ".")
            continue
        names = {entry.name for entry in entries}
        if folder is not start and is_environment(folder.path, names):
            found.environments.add(folder.relative[:-1])
            continue
        found.visited.add(folder.relative)
        _enter(folder, names, found)
        for entry in entries:
            _look(entry, folder, excluded, found, pending)


def _enter(folder: _Folder, names: set[str], found: Found) -> None:
    """Take note of a directory's own ignore file, and whether a project begins here."""
    if ".git" in names:
        folder.rules = ()
    if ".git" in names or ".gitignore" in names:
        folder.rules += own_rules(folder.path, len(folder.relative))
    if ".git" in names or (not folder.in_project and marked(names)):
        path = folder.relative[:-1]
        folder.in_project = True
        found.projects.add(path)
        if ".git" in names:
            found.repositories.add(path)
        elif path and is_package(names):
            found.packages.add(path)
        if marked_beside_code(names):
            found.marked.add(path)


def _look(
    entry: os.DirEntry[str], folder: _Folder, excluded: Excluded | None, found: Found, pending: list[_Folder]
) -> None:
    """Decide what becomes of one entry of a directory."""
    name = entry.name
    path = folder.relative + name
    if entry.is_dir(follow_symlinks=False):
        if name in SKIPPED or left_out(path, name, folder.rules, excluded, is_folder=True):
            return
        if not _speakable(path):
            found.unspeakable.add(path)
        elif name == "site-packages":
            found.environments.add(path)
        elif _has_placeholder(name):
            found.templates.add(path)
        else:
            pending.append(_Folder(entry.path, path + "/", folder.rules, folder.in_project))
        return
    code = name.endswith(".py")
    if not code and name.endswith(".ipynb"):
        found.notebooks += not left_out(path, name, folder.rules, excluded, is_folder=False)
        return
    other = _may_matter(name, code=code) and (manifest(path) or deploys(path))
    if not (code or other) or not _is_file(entry) or left_out(path, name, folder.rules, excluded, is_folder=False):
        return
    if not _speakable(path):
        found.unspeakable.add(path)
        return
    if _has_placeholder(name):
        found.templates.add(path)
        return
    if code:
        found.files.add(path)
    if other:
        found.others.add(path)


def _may_matter(name: str, *, code: bool) -> bool:
    """Whether a look at the whole path is worth while: cheap, and right for all that `manifest` and `deploys` know."""
    if code:
        return name.lower() == "setup.py" or "gunicorn" in name.lower()
    stem, dot, suffix = name.rpartition(".")
    return not dot or suffix.lower() in SUFFIXES or "file" in stem.lower()


def _has_placeholder(name: str) -> bool:
    return any(mark in name for mark in PLACEHOLDERS)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it can be opened as a file: neither a broken link nor a pipe or a socket."""
    try:
        return entry.is_file()
    except OSError:
        return False


def _speakable(path: str) -> bool:
    """Whether the name is Unicode; on Linux it may be any bytes, which no report could carry."""
    if path.isascii():
        return True
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
