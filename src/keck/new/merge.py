"""Three-way merges: what the user has changed, joined with what a feature changes."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from keck.new.starter import text_of
from keck.trouble import Trouble


class NoGit(Exception):  # noqa: N818 - it reads as what it says
    """A merge is due, and there is no git."""


class Merged(NamedTuple):
    """What became of a file.

    Attributes:
        data: its content; None where it goes.
        clean: whether nothing is left to decide.
    """

    data: bytes | None
    clean: bool


def merged(base: bytes | None, user: bytes | None, wanted: bytes | None, label: str) -> Merged:
    """Return what the user has made of a file, with the changes from `base` to `wanted`.

    Where both have changed the same lines, the content has conflict markers; where one has changed
    and the other removed it, it is what is left; of two binary files it is the user's.

    Args:
        base: the file as it was written.
        user: as it is.
        wanted: as it would be written now; None stands for "there is none", as in all three.
        label: what the markers call the new side.

    Raises:
        NoGit: a merge is due, and there is no git.
        Trouble: git fails.
    """
    if user is not None and b"\r\n" in user and text_of(user) is not None and b"\r\n" not in (base or wanted or b""):
        there, clean = merged(base, user.replace(b"\r\n", b"\n"), wanted, label)
        return Merged(None if there is None else there.replace(b"\n", b"\r\n"), clean)
    if wanted in (base, user):
        return Merged(user, clean=True)
    if user == base:
        return Merged(wanted, clean=True)
    if user is None or wanted is None:
        return Merged(wanted if user is None else user, clean=False)
    if any(text_of(one) is None for one in (base or b"", user, wanted)):
        return Merged(user, clean=False)
    return _by_git(base or b"", user, wanted, label)


def _by_git(base: bytes, user: bytes, wanted: bytes, label: str) -> Merged:
    with tempfile.TemporaryDirectory() as scratch:
        for name, data in (("user", user), ("base", base), ("wanted", wanted)):
            Path(scratch, name).write_bytes(data)
        command = ["git", "merge-file", "-p", "-L", "yours", "-L", "as it was written", "-L", label]
        try:
            done = subprocess.run(  # noqa: S603 - git with arguments of our own making
                [*command, "user", "base", "wanted"],
                cwd=scratch,
                env={**os.environ, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise NoGit from error
    if done.returncode < 0 or done.returncode > 127:  # more conflicts than that count as 127
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        raise Trouble(f"git could not merge (it says: {said})")
    return Merged(done.stdout, clean=done.returncode == 0)
