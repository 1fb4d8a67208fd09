"""Checks a project."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from keck.finding import Finding, Level, Place
from keck.settings import Settings


class Outcome(msgspec.Struct, frozen=True):
    """What a check has found.

    Args:
        root: absolute path with ``/``, what finding paths are relative to.
        findings: sorted; suppressed and baselined ones are already gone.
        notices: one-line remarks.
        files: how many Python files were looked at.
    """

    root: str
    findings: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()
    files: int = 0


def check(
    paths: Sequence[Path],
    settings: Settings,
    *,
    cache_dir: Path | None,
    unsaved: Mapping[Path, bytes] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Return what does not parse; the rules are not asked yet."""
    unsaved = unsaved or {}
    root = paths[0].absolute() if len(paths) == 1 and paths[0].is_dir() else Path.cwd()
    files = [file for path in paths for file in (path.rglob("*.py") if path.is_dir() else [path])]
    found = []
    for number, file in enumerate(files, 1):
        try:
            ast.parse(unsaved.get(file.absolute()) or file.read_bytes())
        except SyntaxError as error:
            place = Place(file.absolute().relative_to(root).as_posix(), error.lineno or 1, error.offset or 1)
            found.append(Finding("not-analysed", Level.note, place, error.msg, "mend its syntax"))
        if progress:
            progress(number, len(files))
    return Outcome(root.as_posix(), tuple(sorted(found, key=lambda finding: finding.order)), (), len(files))
