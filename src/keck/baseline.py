"""The baseline: findings that were there before Keck was, so that only new ones are told."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from keck.finding import Finding
from keck.settings import shown
from keck.trouble import Trouble

VERSION = 1
_MEND = "mend it, or delete it and write it anew with `keck check --write-baseline`"

_MODULE = re.compile(r"[\w.]*:")

Key = tuple[str, str, str]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Findings that are accepted for now.

    Args:
        rule: the rule's id.
        path: relative to the directory of the baseline, with ``/``.
        symbol: what the findings are about; their message where they are about nothing named.
        count: how many of them there are.
        reason: why they are accepted, in the user's words.
    """

    rule: str
    path: str
    symbol: str
    count: Annotated[int, msgspec.Meta(ge=1)] = 1
    reason: str = ""

    @property
    def key(self) -> Key:
        """What findings are matched by, and entries sorted."""
        return (self.path, self.rule, self.symbol)


Baseline = tuple[Entry, ...]


class Written(NamedTuple):
    """How many findings a baseline that has been written holds.

    Attributes:
        found: those that it was asked to hold.
        others: those of rules that were not applied and of files that were not looked at.
    """

    found: int
    others: int


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    entries: Baseline


def load(path: Path) -> Baseline:
    """Return the entries of a baseline file.

    Raises:
        Trouble: there is no such file, or it is not what `write` writes.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise Trouble(f"there is no baseline {shown(path)}; write it with `keck check --write-baseline`") from error
    except OSError as error:
        raise Trouble(f"the baseline {shown(path)} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise Trouble(f"{shown(path)}: broken baseline: not UTF-8; {_MEND}") from error
    try:
        content = msgspec.json.decode(text, type=_Content)
    except msgspec.DecodeError as error:
        where, reason = _fault(text, error)
        raise Trouble(f"{shown(path)}{where}: broken baseline: {reason}; {_MEND}") from error
    if content.version != VERSION:
        raise Trouble(f"{shown(path)}: a baseline of version {content.version}, where this Keck knows {VERSION}")
    return content.entries


def write(
    findings: Iterable[Finding],
    path: Path,
    root: Path | None = None,
    *,
    selected: Callable[[str], bool] = lambda _: True,
    checked: Sequence[Path] = (),
) -> Written:
    """Write a baseline that holds these findings and return how many it holds.

    In a baseline that stands there already, reasons are kept for the entries that stay, and so are
    the entries of rules that were not applied and of files that were not looked at.

    Args:
        findings: those to be accepted.
        path: the file.
        root: what the findings' paths are relative to; the directory of the file if None.
        selected: whether a rule has been applied this time.
        checked: the files and directories looked at. All if empty.

    Raises:
        Trouble: the file that stands there is broken, or cannot be written.
    """
    prefix = _prefix(path, root)
    counts: dict[Key, int] = {}
    for finding in findings:
        key = _key(finding, prefix)
        counts[key] = counts.get(key, 0) + 1
    found = sum(counts.values())
    reasons: dict[Key, str] = {}
    moved: dict[tuple[str, str], str] = {}
    for old in load(path) if path.exists() else ():
        reasons[old.key] = old.reason
        if not _looked_at(old, path, selected, checked):
            counts.setdefault(old.key, old.count)
        elif old.key not in counts:
            moved[_nameless(old.key)] = old.reason
    entries = [
        {
            "rule": key[1],
            "path": key[0],
            "symbol": key[2],
            "count": count,
            "reason": reasons.get(key, moved.get(_nameless(key), "")),
        }
        for key, count in sorted(counts.items())
    ]
    text = json.dumps({"version": VERSION, "entries": entries}, indent=2, ensure_ascii=False)
    try:
        path.write_bytes(text.encode("utf-8", "replace") + b"\n")
    except OSError as error:
        raise Trouble(f"the baseline {shown(path)} cannot be written ({error.strerror})") from error
    return Written(found, sum(counts.values()) - found)


def apply(
    findings: Iterable[Finding],
    baseline: Baseline,
    path: Path,
    root: Path | None = None,
    *,
    selected: Callable[[str], bool] = lambda _: True,
    checked: Sequence[Path] = (),
) -> tuple[list[Finding], Baseline]:
    """Return the findings that the baseline does not hold, and its stale entries.

    An entry takes as many findings of its rule, path and symbol as it counts, in the order of the
    text; lines do not matter. Where its file is gone, it takes those of a file that has no such
    entry itself, whatever the module is called by then: the file has been moved. A stale entry's `count` is what it has left over.

    Args:
        findings: what no comment ignores.
        baseline: what `load` returned.
        path: where it was loaded from.
        root: what the findings' paths are relative to; the directory of `path` if None.
        selected: whether a rule has been applied this time; entries of others are not called stale.
        checked: the files and directories looked at; entries outside are not called stale. All if empty.
    """
    left: dict[Key, int] = {}
    for entry in baseline:
        left[entry.key] = left.get(entry.key, 0) + entry.count
    own = frozenset(left)
    gone: dict[tuple[str, str], list[Key]] = {}
    for key in left:
        if not (path.parent / key[0]).exists():
            gone.setdefault(_nameless(key), []).append(key)

    def taken(key: Key) -> bool:
        sources = [key] if key in own else sorted(gone.get(_nameless(key), []), key=lambda one: one[2] != key[2])
        for source in sources:
            if left[source]:
                left[source] -= 1
                return True
        return False

    prefix = _prefix(path, root)
    kept = [one for one in sorted(findings, key=lambda one: one.order) if not taken(_key(one, prefix))]
    stale = []
    for entry in sorted(baseline, key=lambda one: one.key):
        if left[entry.key] and _looked_at(entry, path, selected, checked):
            stale.append(msgspec.structs.replace(entry, count=left[entry.key]))
            left[entry.key] = 0
    return kept, tuple(stale)


def notice(stale: Baseline, path: Path) -> str:
    """Return the line that tells of stale entries; empty where there are none."""
    if not stale:
        return ""
    named = list(dict.fromkeys(f"{one.rule} in {one.path}" for one in stale))
    rest = f" and {len(named) - 3} more" if len(named) > 3 else ""
    entries = "1 entry is" if len(stale) == 1 else f"{len(stale)} entries are"
    return (
        f"{shown(path)}: {entries} stale, the findings are gone ({', '.join(named[:3])}{rest}); "
        "write it anew with `keck check --write-baseline`"
    )


def _looked_at(entry: Entry, path: Path, selected: Callable[[str], bool], checked: Sequence[Path]) -> bool:
    """Whether the check that is told of could have found what an entry lists."""
    place = Path(os.path.normpath(path.resolve().parent / entry.path))
    return selected(entry.rule) and (not checked or any(place.is_relative_to(one.resolve()) for one in checked))


def _prefix(path: Path, root: Path | None) -> str:
    """Return how to get from the baseline's directory to the root of the check."""
    return "" if root is None else Path(os.path.relpath(root.resolve(), path.resolve().parent)).as_posix()


def _key(finding: Finding, prefix: str) -> Key:
    where = posixpath.normpath(posixpath.join(prefix, finding.place.path))
    return (where, finding.rule, finding.symbol or finding.message)


def _nameless(key: Key) -> tuple[str, str]:
    """Return what stays of a key when its file is moved: the rule, and the symbol without its module."""
    path, rule, symbol = key
    return rule, "" if symbol == path else symbol[len(named[0]) :] if (named := _MODULE.match(symbol)) else symbol


def _fault(text: str, error: msgspec.DecodeError) -> tuple[str, str]:
    """Return ``:`` and the line at which JSON stops to be JSON (nothing where it is JSON of another kind), and why."""
    try:
        json.loads(text)
    except json.JSONDecodeError as known:
        return f":{known.lineno}", known.msg
    return "", str(error)
