"""A new service on disk: whole, or not there at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from keck.new.starter import File, Tree
from keck.settings import shown
from keck.trouble import Trouble

LONGEST = 60
"""Characters of the directory's name that its forerunner carries."""


def check_vacant(target: Path) -> None:
    """Make sure that a service can be written to a directory: it is empty, or not there while its parent is.

    Raises:
        Trouble: it cannot; says why and what to do.
    """
    try:
        if target.is_dir():
            if any(target.iterdir()):
                raise Trouble(f"{shown(target)} is not empty; name a directory that is, or that is not there yet")
        elif os.path.lexists(target):
            raise Trouble(f"{shown(target)} is no directory; name one that is empty, or that is not there yet")
        elif not target.parent.is_dir():
            raise Trouble(f"there is no directory {shown(target.parent)} to write {target.name} in; make it first")
    except OSError as error:
        raise Trouble(f"{shown(target)} cannot be looked into ({error.strerror}); name another directory") from error


def write(tree: Tree, target: Path, last: Callable[[], None] = lambda: None) -> None:
    """Write files to a directory, which is there with all of them in the end, or is as it was before.

    They are written to a directory beside it that is renamed (inside it where it exists, as what is
    mounted or is the working directory cannot be replaced). Whatever is raised meanwhile, such as
    KeyboardInterrupt, leaves nothing behind.

    Args:
        tree: the files.
        target: a directory that is empty or not there yet.
        last: called before the files appear in `target`, when it is too late to be interrupted.

    Raises:
        Trouble: it is not vacant, or cannot be written.
    """
    check_vacant(target)
    there = target.is_dir()
    unique = secrets.token_hex(4)
    scratch = target / f".keck-{unique}" if there else target.parent / f".{target.name[:LONGEST]}-{unique}"
    moved: list[Path] = []
    try:
        scratch.mkdir()
        for path, file in tree.items():
            write_file(scratch / path, file)
        last()
        if there:
            for entry in sorted({path.split("/")[0] for path in tree}):
                (scratch / entry).rename(target / entry)
                moved.append(target / entry)
            scratch.rmdir()
        else:
            scratch.rename(target)
    except BaseException as error:
        for one in (*moved, scratch):
            _remove(one)
        if isinstance(error, OSError):
            raise Trouble(
                f"{shown(target)} could not be written ({error.strerror}) and nothing is left of it; name another place"
            ) from error
        raise


def write_file(path: Path, file: File) -> None:
    """Write a file that is not there yet, and the directories above it.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o600 if file.private else 0o777 if file.executable else 0o666
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as out:
        out.write(file.data)


def _remove(path: Path) -> None:
    if path.is_file():
        path.unlink()
    shutil.rmtree(path, ignore_errors=True)
