"""What a walk leaves out: by ignore files, and by the patterns of the settings."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from keck.source.ignore import Ignore, parse


class Rules(msgspec.Struct, frozen=True):
    """An ignore file in force. Its paths are those of the walk with `cut` characters less and `prefix` before."""

    ignore: Ignore
    cut: int = 0
    prefix: str = ""


class Excluded(msgspec.Struct, frozen=True):
    """The patterns of the settings. They speak of what lies under `below`; their paths have `prefix` in its place."""

    ignore: Ignore
    below: str
    prefix: str

    def ignores(self, path: str, name: str, *, folder: bool) -> bool | None:
        """Return whether the patterns leave a file or folder out, or None where none of them matches."""
        if not path.startswith(self.below):
            return None
        return self.ignore.ignores(self.prefix + path[len(self.below) :], name, folder=folder)


def exclusions(patterns: Sequence[str], home: Path, root: Path) -> Excluded | None:
    """Return what the patterns of the settings leave out under `root`; None where they say nothing of it."""
    home, root = home.resolve(), root.resolve()
    if not patterns or not (home.is_relative_to(root) or root.is_relative_to(home)):
        return None
    below, above = (("/".join((*one.parts, "")) if one.parts else "") for one in (_from(root, home), _from(home, root)))
    return Excluded(Ignore(list(patterns)), below, above)


def _from(root: Path, path: Path) -> Path:
    return path.relative_to(root) if path.is_relative_to(root) else Path()


def left_out(path: str, name: str, rules: tuple[Rules, ...], excluded: Excluded | None, *, is_folder: bool) -> bool:
    """Whether a file or folder is ignored or excluded; the rules are those in force there, the weaker first."""
    if excluded is not None and excluded.ignores(path, name, folder=is_folder):
        return True
    for each in reversed(rules):
        verdict = each.ignore.ignores(each.prefix + path[each.cut :], name, folder=is_folder)
        if verdict is not None:
            return verdict
    return False


def own_rules(folder: str, cut: int) -> tuple[Rules, ...]:
    """Return the ignore files that stand in a directory, the weaker first."""
    return tuple(
        Rules(parse(data), cut)
        for name in (".git/info/exclude", ".gitignore")
        if (data := _bytes(f"{folder}/{name}")) is not None
    )


def _bytes(path: str) -> bytes | None:
    if os.path.isfile(path):  # noqa: PTH113 - a link could lead to something without an end
        with suppress(OSError), open(path, "rb") as file:  # noqa: PTH123 - see keck.source.walk.find
            return file.read()
    return None


def outer_rules(top: str) -> tuple[Rules, ...]:
    """Return what an enclosing repository ignores, or nothing where it ignores `top` itself."""
    folder = Path(top)
    repository = next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)
    parts = folder.relative_to(repository).parts
    ignores = [
        (depth, each.ignore)
        for depth in range(len(parts))
        for each in own_rules(str(repository.joinpath(*parts[:depth])), 0)
    ]
    for end in range(1, len(parts) + 1):
        verdicts = [
            ignore.ignores("/".join(parts[depth:end]), parts[end - 1], folder=True)
            for depth, ignore in ignores
            if depth < end
        ]
        if next((verdict for verdict in reversed(verdicts) if verdict is not None), False):
            return ()
    return tuple(Rules(ignore, prefix="/".join((*parts[depth:], ""))) for depth, ignore in ignores)
