"""Proves the rules by planting: puts each rule's fault into clean repositories, and looks what `keck check` says.

    python bench/plant.py TREES [--rule ID] [--repositories 3] [--verbose]

TREES holds one checkout a repository; nothing in it is changed. Each plant (see planting.py) goes, one at a time, into a
copy of several repositories of which the rule says nothing. *Planted* counts plants in repositories, *found* those where
every marked line has its finding, *other* what else is new against the same repository with the same wiring and no fault.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from planting import Ground, Plant, Unsuited, plant_of

from keck.finding import Finding

PLANTS = Path(__file__).parent / "plants"
LARGEST = 30_000  # lines of Python of a repository that is worth the wait


@dataclass
class Row:
    """What became of the plants of one rule."""

    repositories: set[str] = field(default_factory=set)
    spellings: set[str] = field(default_factory=set)
    planted: int = 0
    found: int = 0
    other: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


class Field:
    """The copies of the repositories, each with what is said of it before anything is planted."""

    def __init__(self, trees: Path, scratch: Path) -> None:
        self.grounds: dict[str, Ground] = {}
        self.before: dict[tuple[str, tuple[str, ...]], list[Finding]] = {}
        for tree in sorted(one for one in trees.iterdir() if one.is_dir()):
            lines = sum(one.read_bytes().count(b"\n") for one in tree.rglob("*.py") if one.is_file())
            if lines > LARGEST:
                continue
            copy = scratch / tree.name
            shutil.copytree(tree, copy, ignore=shutil.ignore_patterns(".git", "node_modules", "static"), symlinks=True)
            (copy / ".git").mkdir()
            try:
                self.grounds[tree.name] = Ground(copy)
            except Unsuited:
                continue

    def wired(self, name: str, brings: list[str]) -> list[Finding]:
        """Wire what a plant brings, and return what is said of the copy then."""
        ground = self.grounds[name]
        ground.clear()
        missing = tuple(one for one in brings if not ground.has(one))
        for one in missing:
            ground.apply(wiring(one))
        key = (name, missing)
        if key not in self.before:
            ground.marks()
            self.before[key] = ground.findings()
        return self.before[key]


@cache
def wiring(kind: str) -> Plant:
    """Return how an extension is bound properly where a repository does not have it."""
    return plant_of(PLANTS / "wiring" / f"{kind}.py")


def same(finding: Finding) -> tuple[str, str, str]:
    """Return what makes a finding the same one when lines move."""
    return finding.rule, finding.place.path, finding.symbol


def plant_in(field: Field, name: str, plant: Plant, row: Row) -> bool:
    """Put one plant into one repository and note the outcome; return whether it suited."""
    ground = field.grounds[name]
    try:
        if not all(ground.suits(one) for one in plant.needs):
            return False
        before = field.wired(name, plant.brings)
        if any(one.rule == plant.rule for one in before):
            return False
        ground.apply(plant)
    except Unsuited:
        ground.clear()
        return False
    marks = ground.marks()
    after = ground.findings()
    ground.clear()
    told = {(one.rule, one.place.path, one.place.line) for one in after}
    row.repositories.add(name)
    row.spellings.add(plant.path.stem)
    row.planted += 1
    row.found += marks <= told
    row.missed += [f"{rule} {name} {plant.path.stem}: {path}:{line}" for rule, path, line in sorted(marks - told)]
    known = Counter(map(same, before))
    for one in after:
        known[same(one)] -= 1
        if known[same(one)] < 0 and (one.rule, one.place.path, one.place.line) not in marks:
            row.other.append(
                f"{plant.rule} {name} {plant.path.stem}: {one.place.path}:{one.place.line} {one.rule} {one.message}"
            )
    return True


def main() -> None:
    """Plant, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", type=Path)
    parser.add_argument("--rule", default="", help="only rules whose id begins so")
    parser.add_argument("--repositories", type=int, default=3, help="how many repositories each spelling goes into")
    parser.add_argument("--verbose", action="store_true", help="list what else was said")
    args = parser.parse_args()
    rows: dict[str, Row] = {}
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="keck-plant-") as scratch:
        field = Field(args.trees, Path(scratch))
        for path in sorted(PLANTS.rglob("*.py")):
            plant = plant_of(path)
            if path.parent.name == "wiring" or not plant.rule.startswith(args.rule):
                continue
            row = rows.setdefault(plant.rule, Row())
            done = 0
            for name in sorted(field.grounds, key=lambda one: (one in row.repositories, one)):
                done += plant_in(field, name, plant, row)
                if done == args.repositories:
                    break
            if not done:
                row.missed.append(f"{plant.rule} {path.stem}: no repository suits it")
    print("| rule | repositories | spellings | planted | found | other new findings |\n|---|---|---|---|---|---|")
    for rule, row in sorted(rows.items()):
        counts = (len(row.repositories), len(row.spellings), row.planted, row.found, len(row.other))
        print(f"| {rule} | {' | '.join(map(str, counts))} |")
    total = [sum(getattr(one, what) for one in rows.values()) for what in ("planted", "found")]
    print(f"\n{total[1]} of {total[0]} found in {time.monotonic() - started:.0f} s")
    for title, lines in (("missed", [x for row in rows.values() for x in row.missed]),) + (
        (("other new findings", [x for row in rows.values() for x in row.other]),) if args.verbose else ()
    ):
        print(f"\n{title}:", *(lines or ["none"]), sep="\n  ")


if __name__ == "__main__":
    main()
