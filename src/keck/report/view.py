"""How a report is to look: for which directory, which levels, which screen."""

from __future__ import annotations

import os
import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from keck.finding import Finding, Level, Place

COLOURS = {Level.error: "red", Level.warning: "yellow", Level.note: "cyan"}


class View(msgspec.Struct, frozen=True):
    """What the reader wants to see.

    Args:
        start: absolute directory that printed paths are relative to.
        level: the lowest level that the reports for people show one by one.
        fail_level: the lowest level that makes the check fail.
        width: columns of the terminal, or None where lines are left as they are.
        colour: whether to paint with ANSI sequences.
        unsaved: text that stands in for a file, by path relative to the root of the check.
        command: how the doctor is called, for hints: ``flask doctor`` or ``keck doctor``.
    """

    start: str
    level: Level = Level.warning
    fail_level: Level = Level.warning
    width: int | None = None
    colour: bool = False
    unsaved: Mapping[str, str] = {}
    command: str = "flask doctor"


def printed(path: str, root: str, start: str) -> str:
    """Return `path`, which is relative to `root`, relative to `start` and with ``/``."""
    return relative(posixpath.join(root, path), start)


def relative(path: str, start: str | os.PathLike[str]) -> str:
    """Return a path relative to a directory, with ``/``; as it is where it lies on another drive."""
    try:
        return os.path.relpath(path, start).replace(os.sep, "/")
    except ValueError:  # pragma: no cover - two drives, which only Windows has
        return path.replace(os.sep, "/")


def last_line(place: Place) -> int:
    """Return the last line of a place; the first where a rule has left the end out."""
    return max(place.end_line, place.line)


def visible(text: str) -> str:
    """Return `text` with ``?`` for what can't be seen: control characters would steer a terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


def one_line(text: str) -> str:
    """Return `text` on one line, its white space made single blanks, and `visible`."""
    return visible(" ".join(text.split()))


def plural(count: int, noun: str) -> str:
    """Return "1 error", "2 errors"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def tally(findings: Iterable[Finding]) -> Counter[Level]:
    """Return how many findings there are of each level."""
    return Counter(finding.level for finding in findings)
