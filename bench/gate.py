"""Proves the gate: compares what `keck check` says of each repository with what it says when every file is read whole.

    python bench/gate.py TREES [--verbose]

TREES holds one checkout a repository. The gate (src/keck/gate.py) decides on the bytes of a file whether it is parsed, and on
those of a project which rules are asked. Here both decisions are taken out once, so that every rule sees every file. What is
said of files that do not parse is left out, as it is only said of files that matter. Exits with 1 where the two differ.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from keck import gate
from keck.analysis import analyse
from keck.finding import Finding
from keck.job import jobs_of
from keck.rule import ids
from keck.source import find, read

APART = "not-analysed"


@dataclass
class Comparison:
    """What the gate changes.

    Attributes:
        lost: what is said only when every file is read.
        gained: what is said only with the gate.
        findings: how many findings there are when every file is read.
        whole, size: bytes of Python that pass the gate, and all of them.
    """

    lost: list[Finding]
    gained: list[Finding]
    findings: int = 0
    whole: int = 0
    size: int = 0


def compared(root: Path) -> Comparison:
    """Return what the gate changes in what is said of a directory."""
    with_gate = found(root)
    with opened():
        without = found(root)
    told, other = set(with_gate), set(without)
    whole, size = passing(root)
    return Comparison(
        [one for one in without if one not in told],
        [one for one in with_gate if one not in other],
        len(without),
        whole,
        size,
    )


@contextmanager
def opened() -> Iterator[None]:
    """Let every file pass, and ask every rule."""

    def every(chosen: tuple[str, ...], contents: object) -> tuple[str, ...]:
        del contents
        return tuple(one for one in ids() if one in chosen)

    with patch.object(gate, "passes", lambda *_: True), patch.object(gate, "asked", every):
        yield


def found(root: Path) -> list[Finding]:
    """Return what is said of a directory, in the process that asks."""
    jobs = jobs_of(root, find(root), ids(), None, {})
    return [one for job in jobs for one in analyse(job).findings if one.rule != APART]


def passing(root: Path) -> tuple[int, int]:
    """Return how many bytes of a directory's Python files pass the gate, and how many there are."""
    whole = size = 0
    for job in jobs_of(root, find(root), ids(), None, {}):
        contents = {path: data for path in job.files if (data := read(job.base, path)) is not None}
        words = gate.needles(gate.asked(job.chosen, contents))
        size += sum(map(len, contents.values()))
        whole += sum(len(data) for path, data in contents.items() if gate.passes(path, data, words))
    return whole, size


def main() -> int:
    """Compare each repository and print the differences and the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", type=Path)
    parser.add_argument("--verbose", action="store_true", help="tell how much of each repository passes")
    args = parser.parse_args()
    started = time.monotonic()
    sums = Comparison([], [])
    count = 0
    for tree in sorted(one for one in args.trees.resolve().iterdir() if one.is_dir()):
        one = compared(tree)
        count += 1
        sums.lost += one.lost
        sums.gained += one.gained
        sums.findings += one.findings
        sums.whole += one.whole
        sums.size += one.size
        if args.verbose:
            print(f"{tree.name}: {one.findings} findings, {one.whole / max(one.size, 1):.0%} of the bytes pass")
        for what, findings in (("lost", one.lost), ("gained", one.gained)):
            for each in findings:
                print(f"{what}: {tree.name} {each.place.path}:{each.place.line} {each.rule} {each.message}")
    print(
        f"{count} repositories, {sums.findings} findings without the gate: it loses {len(sums.lost)} and adds "
        f"{len(sums.gained)}; {sums.whole / max(sums.size, 1):.0%} of {sums.size / 1e6:.1f} MB pass "
        f"({time.monotonic() - started:.0f} s)"
    )
    return 1 if sums.lost or sums.gained else 0


if __name__ == "__main__":
    sys.exit(main())
