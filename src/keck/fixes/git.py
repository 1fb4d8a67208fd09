"""What git says of the files that are to be changed: whether they can be brought back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from keck.settings import shown
from keck.trouble import Trouble

_WAY_ON = "go on without that with --allow-dirty, or only look with --diff"
_NAMED = 3


def refuse_dirty(root: Path) -> None:
    """Make sure that a directory is in a git repository whose tracked files are as they were committed.

    Raises:
        Trouble: it is not; says how to go on.
    """
    _refuse_modified(_top(root))


def refuse_untracked(files: Iterable[Path]) -> None:
    """Make sure that git could bring back each of these files, which exist; also of those in submodules.

    Raises:
        Trouble: it could not.
    """
    real = sorted({one.resolve() for one in files})
    for folder in sorted({one.parent for one in real}):
        here = [one for one in real if one.parent == folder]
        top = _top(folder)
        _refuse_modified(top)
        names = [os.path.relpath(one, folder) for one in here]
        listed = _git(folder, "ls-files", "-z", "--", *(f":(literal){one}" for one in names))
        tracked = {os.fsdecode(one) for one in listed.split(b"\0")}
        lost = [one for one, name in zip(here, names, strict=True) if name not in tracked]
        if lost:
            raise Trouble(
                f"git does not know {_listed(map(shown, lost))}, which would be changed; commit, or {_WAY_ON}"
            )


def _refuse_modified(top: Path) -> None:
    said = _git(top, "status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=dirty", "--no-renames")
    changed = [os.fsdecode(one[3:]) for one in said.split(b"\0") if one]
    if changed:
        raise Trouble(
            f"{_listed(changed)} {'is' if len(changed) == 1 else 'are'} not committed, so that what Keck changes could "
            f"not be told apart; commit or stash first, or {_WAY_ON}"
        )


def _top(folder: Path) -> Path:
    """Return the root of the work tree that a directory is in."""
    inside = _git(folder, "rev-parse", "--is-inside-work-tree").strip()
    if inside != b"true":
        raise Trouble(f"{shown(folder)} is in a git repository without a work tree; {_WAY_ON}")
    return Path(os.fsdecode(_git(folder, "rev-parse", "--show-toplevel").removesuffix(b"\n")))


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - git with arguments of our own making
            ["git", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false", *arguments],  # noqa: S607 - the user's git
            cwd=folder,
            env={**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise Trouble(
            f"git cannot be run ({error.strerror}), and without it nothing brings back what is changed; {_WAY_ON}"
        ) from error
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0].removeprefix("fatal: ")
    if "not a git repository" in said:
        raise Trouble(
            f"{shown(folder)} is in no git repository, so that nothing brings back what is changed; {_WAY_ON}"
        )
    raise Trouble(f"git could not say what is committed in {shown(folder)} ({said}); {_WAY_ON}")


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:_NAMED]) + (f" and {len(every) - _NAMED} more" if len(every) > _NAMED else "")
