"""The tree: what a directory holds, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

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


class Found(msgspec.Struct):
    """What a walk has gathered."""

    files: set[str] = msgspec.field(default_factory=set)
    others: set[str] = msgspec.field(default_factory=set)
    projects: set[str] = msgspec.field(default_factory=set)
    packages: set[str] = msgspec.field(default_factory=set)
    marked: set[str] = msgspec.field(default_factory=set)
    repositories: set[str] = msgspec.field(default_factory=set)
    visited: set[str] = msgspec.field(default_factory=set)
    environments: set[str] = msgspec.field(default_factory=set)
    templates: set[str] = msgspec.field(default_factory=set)
    unreadable: set[str] = msgspec.field(default_factory=set)
    unspeakable: set[str] = msgspec.field(default_factory=set)
    notebooks: int = 0


def notices(found: Found) -> Iterator[str]:
    """Yield one line for each kind of thing that was passed over."""
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
