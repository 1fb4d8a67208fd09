"""Two snapshots compared: what differs, and whether a fix means it to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from keck.proof.outcome import Difference

KINDS = (
    "rules", "config", "extensions", "hooks", "handlers", "templates", "commands", "guards", "limits", "cache", "cors",
    "layers", "tables", "app",
)  # fmt: skip
"""The first parts of paths, in the order in which they are told."""

_PROTECTIONS = ("guards", "limits", "cache", "cors")


def differences(before: Mapping[str, str], after: Mapping[str, str], unstable: Collection[str]) -> list[Difference]:
    """Return what differs, sorted.

    Args:
        before: the snapshot before.
        after: the one after.
        unstable: paths whose values change from boot to boot; of them only counts whether they are there.
    """
    found = []
    for path in sorted(before.keys() | after.keys(), key=_order):
        old, new = before.get(path), after.get(path)
        if old == new or (path in unstable and old is not None and new is not None):
            continue
        found.append(Difference(path, old, new))
    return found


def divided(
    found: Iterable[Difference], intends: Sequence[str]
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Return the differences that one of the patterns means, and the others.

    Whoever means to change what protects a route means to change its layers.
    """
    intended: list[Difference] = []
    unexpected: list[Difference] = []
    for one in found:
        kind, _, where = one.path.partition("/")
        paths = [one.path, *(f"{each}/{where}" for each in _PROTECTIONS if kind == "layers")]
        is_meant = any(fnmatchcase(path, each) for path in paths for each in intends)
        (intended if is_meant else unexpected).append(one)
    return tuple(intended), tuple(unexpected)


def counts(snapshot: Mapping[str, str]) -> dict[str, int]:
    """Return how many of each kind a snapshot has; a table counts once, and so does an extension."""
    names = {"tables": 3, "extensions": 2}
    seen = {"/".join(path.split("/")[: names.get(path.partition("/")[0], 99)]) for path in snapshot}
    found = Counter(one.partition("/")[0] for one in seen)
    return {kind: found[kind] for kind in KINDS if found[kind]}


def unstable(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[str, ...]:
    """Return the paths that differ between two boots of the same app."""
    return tuple(one.path for one in differences(first, second, ()))


def _order(path: str) -> tuple[int, str]:
    kind = path.partition("/")[0]
    return (KINDS.index(kind) if kind in KINDS else len(KINDS), path)
