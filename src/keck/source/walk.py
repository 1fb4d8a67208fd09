"""Walking a directory: which files are looked at, and what is said of those that are not."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from keck.deployment import deploys
from keck.pins import manifest
from keck.source.ignore import Ignore, parse
from keck.source.projects import marked, project_of

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
LIBRARIES = ("lib", "Lib")
SCRIPTS = ("bin", "Scripts")
HINTS = frozenset({"pyvenv.cfg", *LIBRARIES})
OWN_CODE = re.compile(r".*\.py|pyproject\.toml|\.git")
NAMED = 5  # as many of one kind as a notice names


class Tree(msgspec.Struct, frozen=True):
    """What a directory holds; all paths are relative to it, use ``/`` and are sorted.

    Attributes:
        files: the Python files, and what was named explicitly.
        notices: one line for each kind of thing that was passed over.
        others: files that are not code but say something about it (versions, deployment).
        projects: the directories that are projects of their own, ``""`` for the root.
    """

    files: tuple[str, ...]
    notices: tuple[str, ...]
    others: tuple[str, ...]
    projects: tuple[str, ...]


class _Rules(msgspec.Struct, frozen=True):
    """An ignore file in force. Its paths are those of the walk with `cut` characters less and `prefix` before."""

    ignore: Ignore
    cut: int = 0
    prefix: str = ""


class _Excluded(msgspec.Struct, frozen=True):
    """The patterns of the settings. They speak of what lies under `below`; their paths have `prefix` in its place."""

    ignore: Ignore
    below: str
    prefix: str

    def ignores(self, path: str, name: str, *, folder: bool) -> bool | None:
        if not path.startswith(self.below):
            return None
        return self.ignore.ignores(self.prefix + path[len(self.below) :], name, folder=folder)


class _Folder(msgspec.Struct):
    """A directory that is still to be looked at."""

    path: str
    relative: str  # "" or with a slash at its end
    rules: tuple[_Rules, ...]
    in_project: bool


class _Found(msgspec.Struct):
    """What a walk has gathered."""

    files: set[str] = msgspec.field(default_factory=set)
    others: set[str] = msgspec.field(default_factory=set)
    projects: set[str] = msgspec.field(default_factory=set)
    visited: set[str] = msgspec.field(default_factory=set)
    environments: set[str] = msgspec.field(default_factory=set)
    templates: set[str] = msgspec.field(default_factory=set)
    unreadable: set[str] = msgspec.field(default_factory=set)
    unspeakable: set[str] = msgspec.field(default_factory=set)
    notebooks: int = 0


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
    excluded = _excluded(exclude, root if home is None else home, root)
    found = _Found()
    _walk(_Folder(top, "", _outer_rules(top), in_project=False), excluded, found)
    for given in sorted(map(os.path.abspath, explicit)):
        _add_explicit(top, given, found)
    return Tree(
        files=tuple(sorted(found.files)),
        notices=tuple(_notices(found)),
        others=tuple(sorted(found.others)),
        projects=tuple(sorted(found.projects)) or ("",),
    )


def _excluded(patterns: Sequence[str], home: Path, root: Path) -> _Excluded | None:
    home, root = home.resolve(), root.resolve()
    if not patterns or not (home.is_relative_to(root) or root.is_relative_to(home)):
        return None
    below, above = (("/".join((*one.parts, "")) if one.parts else "") for one in (_from(root, home), _from(home, root)))
    return _Excluded(Ignore(list(patterns)), below, above)


def _from(root: Path, path: Path) -> Path:
    return path.relative_to(root) if path.is_relative_to(root) else Path()


def _add_explicit(top: str, given: str, found: _Found) -> None:
    relative = given[len(top) :].replace(os.sep, "/").strip("/")
    if not relative or os.path.join(top, *relative.split("/")) != given or not _speakable(relative):  # noqa: PTH118 - see find
        return
    if os.path.isfile(given):  # noqa: PTH113 - see find
        found.files.add(relative)
    elif relative + "/" not in found.visited and os.path.isdir(given):  # noqa: PTH112 - see find
        in_project = project_of(relative, found.projects) in found.projects
        _walk(_Folder(given, relative + "/", (), in_project=in_project), None, found)


def _walk(start: _Folder, excluded: _Excluded | None, found: _Found) -> None:
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
        if folder is not start and _is_environment(folder.path, names):
            found.environments.add(folder.relative[:-1])
            continue
        found.visited.add(folder.relative)
        _enter(folder, names, found)
        for entry in entries:
            _look(entry, folder, excluded, found, pending)


def _enter(folder: _Folder, names: set[str], found: _Found) -> None:
    """Take note of a directory's own ignore file, and whether a project begins here."""
    if ".git" in names:
        folder.rules = ()
    if ".git" in names or ".gitignore" in names:
        folder.rules += _own_rules(folder.path, len(folder.relative))
    if ".git" in names or (not folder.in_project and marked(names)):
        folder.in_project = True
        found.projects.add(folder.relative[:-1])


def _look(
    entry: os.DirEntry[str], folder: _Folder, excluded: _Excluded | None, found: _Found, pending: list[_Folder]
) -> None:
    """Decide what becomes of one entry of a directory."""
    name = entry.name
    path = folder.relative + name
    if entry.is_dir(follow_symlinks=False):
        if name in SKIPPED or _left_out(path, name, folder.rules, excluded, is_folder=True):
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
        found.notebooks += not _left_out(path, name, folder.rules, excluded, is_folder=False)
        return
    other = _may_matter(name, code=code) and (manifest(path) or deploys(path))
    if not (code or other) or not _is_file(entry) or _left_out(path, name, folder.rules, excluded, is_folder=False):
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


def _left_out(path: str, name: str, rules: tuple[_Rules, ...], excluded: _Excluded | None, *, is_folder: bool) -> bool:
    if excluded is not None and excluded.ignores(path, name, folder=is_folder):
        return True
    for each in reversed(rules):
        verdict = each.ignore.ignores(each.prefix + path[each.cut :], name, folder=is_folder)
        if verdict is not None:
            return verdict
    return False


def _is_environment(path: str, names: set[str]) -> bool:
    """Whether a directory is a virtual environment, also one that was committed in part.

    One with somebody's own code in it is none: there `site-packages` is passed over by its name.
    """
    if HINTS.isdisjoint(names) or any(map(OWN_CODE.fullmatch, names)):
        return False
    if "pyvenv.cfg" in names:
        return True
    scripts = (os.path.join(path, name, "activate") for name in SCRIPTS if name in names)  # noqa: PTH118 - see find
    libraries = (os.path.join(path, name) for name in LIBRARIES if name in names)  # noqa: PTH118 - see find
    return any(map(os.path.isfile, scripts)) or any(map(_has_site_packages, libraries))


def _has_site_packages(library: str) -> bool:
    try:
        names = os.listdir(library)  # noqa: PTH208 - see find
    except OSError:
        return False
    return "site-packages" in names or any(
        name.startswith("python") and os.path.isdir(os.path.join(library, name, "site-packages"))  # noqa: PTH112, PTH118 - see find
        for name in names
    )


def _own_rules(folder: str, cut: int) -> tuple[_Rules, ...]:
    """Return the ignore files that stand in a directory, the weaker first."""
    return tuple(
        _Rules(parse(data), cut)
        for name in (".git/info/exclude", ".gitignore")
        if (data := _bytes(f"{folder}/{name}")) is not None
    )


def _bytes(path: str) -> bytes | None:
    if os.path.isfile(path):  # noqa: PTH113 - a link could lead to something without an end
        with suppress(OSError), open(path, "rb") as file:  # noqa: PTH123 - see find
            return file.read()
    return None


def _outer_rules(top: str) -> tuple[_Rules, ...]:
    """Return what an enclosing repository ignores, or nothing where it ignores `top` itself."""
    folder = Path(top)
    repository = next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)
    parts = folder.relative_to(repository).parts
    ignores = [
        (depth, each.ignore)
        for depth in range(len(parts))
        for each in _own_rules(str(repository.joinpath(*parts[:depth])), 0)
    ]
    for end in range(1, len(parts) + 1):
        verdicts = [
            ignore.ignores("/".join(parts[depth:end]), parts[end - 1], folder=True)
            for depth, ignore in ignores
            if depth < end
        ]
        if next((verdict for verdict in reversed(verdicts) if verdict is not None), False):
            return ()
    return tuple(_Rules(ignore, prefix="/".join((*parts[depth:], ""))) for depth, ignore in ignores)


def _speakable(path: str) -> bool:
    """Whether the name is Unicode; on Linux it may be any bytes, which no report could carry."""
    if path.isascii():
        return True
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _notices(found: _Found) -> Iterator[str]:
    if found.notebooks:
        yield f"passed over {found.notebooks} notebook{'s' * (found.notebooks > 1)}"
    kinds = (
        (found.environments, "passed over {} virtual environment{}: {}"),
        (found.templates, "passed over {} template{} with placeholders in the path: {}"),
        (found.unreadable, "could not read {} director{}: {}"),
        (found.unspeakable, "passed over {} path{} that are not Unicode: {}"),
    )
    for paths, sentence in kinds:
        if paths:
            plural = ("y", "ies") if "director{}" in sentence else ("", "s")
            yield sentence.format(len(paths), plural[len(paths) > 1], _listed(paths))


def _listed(paths: set[str]) -> str:
    names = [path.encode("utf-8", "backslashreplace").decode() for path in sorted(paths)]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
