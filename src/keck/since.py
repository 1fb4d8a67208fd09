"""What has changed since a revision, as git tells it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from keck.finding import Finding, Place
from keck.settings import shown
from keck.trouble import Trouble

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb'\\([0-7]{3}|["\\abfnrtv])')
_LETTERS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
# the user's own settings of git must not change what is read here
_DIFF: tuple[str, ...] = (
    "-c",
    "core.quotePath=false",
    "diff",
    "--unified=0",
    "--inter-hunk-context=0",
    "--find-renames",
    "--relative",
)
_DIFF += ("--text", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules")
_DIFF += ("--src-prefix=a/", "--dst-prefix=b/")


def changed_lines(rev: str, root: Path) -> dict[str, set[int]]:
    """Return the lines, counted from 1, that have changed since a revision, by path.

    What is compared is the working tree, with the commit at which the present branch left `rev`
    (`rev` itself where it is an ancestor). Files that git does not know and does not ignore have
    changed whole. Paths are relative to `root` and use ``/``; what lies outside is left out.

    Raises:
        Trouble: there is no git, no repository, or no such revision.
    """
    if not rev or rev.startswith("-"):
        raise Trouble(f"`{rev}` is no revision; name a commit, branch or tag, such as --since origin/main")
    _git(root, "rev-parse", "--git-dir", trouble=f"--since needs a git repository, and {shown(root)} is in none")
    commit = _git(
        root,
        *("rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}"),
        trouble=f"git knows no revision `{rev}` here; if the clone is shallow, fetch it first",
    ).strip()
    fork = _git(root, "merge-base", commit.decode(), "HEAD", trouble=None).strip()
    trouble = f"git could not compare {shown(root)} with `{rev}`"
    changed = _parse(_git(root, *_DIFF, (fork or commit).decode(), "--", ".", trouble=trouble).split(b"\n"))
    listed = _git(root, "ls-files", "--others", "--exclude-standard", "-z", trouble=trouble)
    for name in listed.split(b"\0"):
        path = root / os.fsdecode(name)
        if name and path.is_file():
            changed[_text(name)] = set(range(1, path.read_bytes().count(b"\n") + 2))
    return changed


def apply(findings: Iterable[Finding], changed: Mapping[str, set[int]]) -> list[Finding]:
    """Return the findings whose span, or that of a place that belongs to them, holds a changed line."""
    return [
        one
        for one in findings
        if any(
            not changed.get(place.path, set()).isdisjoint(_lines(place))
            for place in (one.place, *(each.place for each in one.related))
        )
    ]


def _lines(place: Place) -> range:
    return range(place.line, max(place.line, place.end_line) + 1)


def _git(root: Path, *arguments: str, trouble: str | None) -> bytes:
    """Return what git prints; where it fails raise Trouble, or return nothing if `trouble` is None."""
    try:
        done = subprocess.run(  # noqa: S603 - git with arguments of our own making
            ["git", *arguments],  # noqa: S607 - the user's git, wherever it is
            cwd=root,
            env={**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise Trouble("--since needs git, which is not on the PATH; install it or leave --since out") from error
    if done.returncode == 0:
        return done.stdout
    if trouble is None:
        return b""
    said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
    raise Trouble(f"{trouble} (git says: {said})" if said else trouble)


def _parse(lines: Iterable[bytes]) -> dict[str, set[int]]:
    """Return the lines on the new side of a diff without context, by path."""
    changed: dict[str, set[int]] = {}
    path = ""
    passing = 0  # lines of content still to come, which may look like anything
    for line in lines:
        hunk = _HUNK.match(line)
        if passing:
            passing -= not line.startswith(b"\\")
        elif line.startswith(b"+++ "):
            path = _text(_unquoted(line[4:].rstrip(b"\t")).removeprefix(b"b/"))
        elif hunk:
            old, first, new = (1 if one is None else int(one) for one in hunk.groups())
            passing = old + new
            changed.setdefault(path, set()).update(range(first, first + new))
    return changed


def _unquoted(name: bytes) -> bytes:
    if not name.startswith(b'"'):
        return name

    def plain(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([int(code, 8)]) if code.isdigit() else _LETTERS.get(code, code)

    return _ESCAPE.sub(plain, name[1:-1])


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
