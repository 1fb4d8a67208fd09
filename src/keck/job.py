"""The work of a check: one job for each project that lies below a directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path

import msgspec

from keck.pins import manifest
from keck.source import Tree, project_of, read
from keck.source.projects import names_in


class Job(msgspec.Struct, frozen=True):
    """A project to look at.

    Attributes:
        base: absolute path of the project.
        files, others: its Python files and the other files that matter, relative to `base`.
        outer: manifests above `base` that hold for it, by the name under which they are read.
        chosen: the ids of the rules to ask.
        cache: where to keep what has been worked out, or None.
        unsaved: contents that stand in for files, by path relative to `base`.
    """

    base: str
    files: tuple[str, ...]
    others: tuple[str, ...] = ()
    outer: dict[str, bytes] = {}
    chosen: tuple[str, ...] = ()
    cache: str | None = None
    unsaved: dict[str, bytes] = {}


def jobs_of(
    base: Path, tree: Tree, chosen: tuple[str, ...], cache: Path | None, unsaved: Mapping[Path, bytes]
) -> Iterator[Job]:
    """Yield a job for each project of a directory, sorted.

    Args:
        base: the directory, absolute.
        tree: what it holds.
        chosen: the ids of the rules to ask.
        cache: where to keep what has been worked out, or None.
        unsaved: contents that stand in for files, by absolute path.
    """
    files: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    new = {file.relative_to(base).as_posix(): data for file, data in unsaved.items() if file.is_relative_to(base)}
    for path in sorted({*tree.files, *new}):
        files.setdefault(project_of(path, tree.projects), []).append(path)
    for path in tree.others:
        others.setdefault(project_of(path, tree.projects), []).append(path)
    for project, own in sorted(files.items()):
        folder = base / project
        cut = len(project) + 1 if project else 0
        beside = tuple(one[cut:] for one in others.get(project, ()))
        yield Job(
            base=str(folder),
            files=tuple(one[cut:] for one in own),
            others=beside,
            outer={} if any(map(manifest, beside)) else _outer(folder),
            chosen=chosen,
            cache=str(cache) if cache else None,
            unsaved={path[cut:]: new[path] for path in own if path in new},
        )


def _outer(folder: Path) -> dict[str, bytes]:
    """Return the manifests of the directory above, or of the repository's root where only that has some."""
    home = Path.home()
    for above in takewhile(lambda above: not home.is_relative_to(above), folder.parents):
        names = [name for name in names_in(above) if manifest(name)]
        repository = (above / ".git").exists()
        if repository or (names and above == folder.parent):
            found = {name: read(above, name) for name in names if (above / name).is_file()}
            return {name: data for name, data in found.items() if data is not None}
        if names:
            return {}
    return {}
