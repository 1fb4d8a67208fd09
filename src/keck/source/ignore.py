"""The patterns of one ignore file, matched as git matches them.

A pattern without a slash is looked for by name, a pattern with one by path; the last that matches
wins. Names are the common case and are remembered, so that a path costs one lookup in a dict.
The rules are those of gitignore(5); git itself is the judge in the tests.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import NamedTuple

MAGIC = frozenset("*?[\\")
NAMED = re.compile(r"\[:([a-z]+):\]")

CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "space": r"\s",
    "xdigit": "0-9a-fA-F",
}


class Ignore:
    """What one ignore file says.

    Args:
        lines: its patterns; blank lines and comments are passed over, and so is a pattern that
            git could not match either (an unclosed bracket).
    """

    def __init__(self, lines: list[str]) -> None:
        self._names: dict[str, list[_Rule]] = {}
        self._suffixes: dict[str, list[_Rule]] = {}
        self._globs: list[_Rule] = []
        self._paths: list[_Rule] = []
        self._seen: dict[tuple[str, bool], tuple[int, bool | None]] = {}
        for index, line in enumerate(lines):
            self._add(index, line)

    def _add(self, index: int, line: str) -> None:
        pattern = _trimmed(line)
        if not pattern or pattern.startswith("#"):
            return
        ignored = not pattern.startswith("!")
        if not ignored:
            pattern = pattern[1:]
        folder = pattern.endswith("/")
        if folder:
            pattern = pattern[:-1]
        anchored = "/" in pattern
        pattern = pattern.removeprefix("/")
        if not pattern:
            return
        magic = [place for place, char in enumerate(pattern) if char in MAGIC]
        sure = "[" not in pattern and "\\" not in pattern
        rule = _Rule(
            index,
            ignored,
            folder,
            pattern,
            start=pattern[: magic[0]] if magic else pattern,
            end=pattern[magic[-1] + 1 :].removeprefix("/") if magic and sure else "",
            literal=not magic,
        )
        if anchored:
            self._paths.append(rule)
        elif not magic:
            self._names.setdefault(pattern, []).append(rule)
        elif magic == [0] and pattern[0] == "*":
            self._suffixes.setdefault(rule.end, []).append(rule)
        else:
            self._globs.append(rule)

    def ignores(self, path: str, name: str, *, folder: bool) -> bool | None:
        """Return whether the file or folder is ignored, or None where no pattern matches.

        Args:
            path: relative to the directory of the ignore file.
            name: the last part of the path.
            folder: whether it is a directory.
        """
        key = (name, folder)
        found = self._seen.get(key)
        if found is None:
            found = self._seen[key] = self._by_name(name, folder=folder)
        best, verdict = found
        for rule in reversed(self._paths):
            if rule.place < best:
                break
            if (folder or not rule.folder) and path.startswith(rule.start) and rule.matches(path):
                return rule.ignored
        return verdict

    def _by_name(self, name: str, *, folder: bool) -> tuple[int, bool | None]:
        rules = list(self._names.get(name, ()))
        if name.endswith(tuple(self._suffixes)):
            rules += [rule for suffix, each in self._suffixes.items() if name.endswith(suffix) for rule in each]
        rules += [rule for rule in self._globs if name.startswith(rule.start) and rule.matches(name)]
        return max(((rule.place, rule.ignored) for rule in rules if folder or not rule.folder), default=(-1, None))


class _Rule(NamedTuple):
    """One pattern: its place in the file, whether it ignores or re-includes, and whether directories only.

    `start` and `end` are what every match begins and ends with: most patterns are never compiled.
    """

    place: int
    ignored: bool
    folder: bool
    pattern: str
    start: str
    end: str
    literal: bool

    def matches(self, text: str) -> bool:
        """Whether the pattern matches a name or path that begins with `start`."""
        if self.literal:
            return text == self.pattern
        regex = _regex(self.pattern) if text.endswith(self.end) else None
        return regex is not None and regex.match(text) is not None


def parse(data: bytes) -> Ignore:
    """Return the patterns of an ignore file; bytes that are not UTF-8 stand for themselves."""
    text = os.fsdecode(data.removeprefix(b"\xef\xbb\xbf"))
    return Ignore([line.removesuffix("\r") for line in text.split("\n")])


def _trimmed(line: str) -> str:
    """Return the pattern without the trailing spaces that no backslash protects."""
    end = len(line)
    while end and line[end - 1] == " " and (end < 2 or line[end - 2] != "\\"):
        end -= 1
    return line[:end]


@cache
def _regex(pattern: str) -> re.Pattern[str] | None:
    """Return the regular expression of a pattern, or None for one that matches nothing."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "*":
            piece, at = _stars(pattern, at)
            out.append(piece)
        elif char == "?":
            out.append("[^/]")
            at += 1
        elif char == "[":
            found = _bracket(pattern, at)
            if found is None:
                return None
            out.append(found[0])
            at = found[1]
        elif char == "\\":
            if at + 1 == len(pattern):
                return None
            out.append(re.escape(pattern[at + 1]))
            at += 2
        else:
            out.append(re.escape(char))
            at += 1
    return re.compile("".join(out) + r"\Z", re.DOTALL)


def _stars(pattern: str, at: int) -> tuple[str, int]:
    """Return the expression for the stars at `at`, and where they end.

    Two stars cross slashes only where they stand alone between slashes or at an end; git takes the
    literal beginning of a pattern off first, so that they may also stand at the end of that.
    """
    end = at
    while end < len(pattern) and pattern[end] == "*":
        end += 1
    opened = pattern[at - 1 : at] in {"", "/"} or not MAGIC.intersection(pattern[:at])
    if end - at >= 2 and opened:
        if pattern[end : end + 1] == "/":
            return "(?:.*/)?", end + 1
        if end == len(pattern) or pattern[end : end + 2] == "\\/":
            return ".*", end
    return "[^/]*", end


def _bracket(pattern: str, at: int) -> tuple[str, int] | None:
    """Return the expression for the set at `at`, and where it ends, or None where it does not."""
    end = at + 1
    negated = end < len(pattern) and pattern[end] in "!^"
    end += negated
    out = "^/" if negated else ""
    first = end
    before = ""  # the character that a dash would make the beginning of a range
    while end < len(pattern) and (pattern[end] != "]" or end == first):
        named = NAMED.match(pattern, end)
        if named:
            if named[1] not in CLASSES:
                return None
            out, before, end = out + CLASSES[named[1]], "", named.end()
            continue
        ranged = bool(before) and pattern[end] == "-" and pattern[end + 1 : end + 2] not in {"", "]"}
        end += ranged
        end += pattern[end] == "\\"
        char = pattern[end : end + 1]
        if ranged and before <= char:
            out += f"{re.escape(before)}-{re.escape(char)}"
        elif not ranged:
            out += re.escape(char)
        before = "" if ranged else char
        end += 1
    if end >= len(pattern):
        return None
    return (f"[{out}]" if negated else f"(?!/)[{out}]"), end + 1
