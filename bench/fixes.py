"""Every fix on real projects, in memory: does what comes of it parse, and does it touch only what findings name?

    python bench/fixes.py DIR...            safe fixes of the projects in these directories
    python bench/fixes.py --unsafe DIR...   unsafe ones as well
    python bench/fixes.py --select sqlalchemy/legacy-query DIR...

Nothing is written. Prints a line for each project and a table of rules: repaired, left, and why.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import keck.fixes.plan
from keck.edit import Import, Move
from keck.finding import Finding, Place
from keck.fixes.attempt import State, attempt
from keck.fixes.plan import Planner
from keck.fixes.survey import Survey
from keck.job import Job
from keck.settings import Settings
from keck.trouble import Trouble

CLOSE = 1
"""So many lines beside what an edit names may get or lose a line."""


class Watch:
    """Looks at every step of a plan."""

    def __init__(self) -> None:
        self.steps = 0
        self.trouble: list[str] = []

    def __call__(self, survey: Survey, job: Job, state: State, group: Sequence[Finding]) -> State:
        """Carry out fixes as a plan does, and note what is wrong with what comes of them."""
        after = attempt(survey, job, state, group)
        self.steps += 1
        for path, data in after.texts.items():
            before = state.texts.get(path, survey.read(path))
            if data != before:
                self.trouble += [f"{path}: {one}" for one in faults(path, before or b"", data, group)]
        return after


def faults(path: str, before: bytes, after: bytes, group: Sequence[Finding]) -> Iterator[str]:
    """Yield what is wrong with a changed file."""
    try:
        ast.parse(after)
    except (SyntaxError, ValueError) as error:
        yield f"does not parse ({error})"
    if not before:
        return
    old, new = before.decode("utf-8", "replace").splitlines(), after.decode("utf-8", "replace").splitlines()
    named = lines_named(path, old, before, group)
    rules = ", ".join(sorted({one.rule for one in group}))
    for kind, first, last, _, _ in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        touched = range(first + 1, last + 1) if kind != "insert" else range(first, first + 2)
        if kind == "insert" and not any(one in named for one in range(first - CLOSE, first + 2 + CLOSE)):
            yield f"line {first}: something is added where nothing is named ({rules})"
        elif kind in {"replace", "delete"} and (unnamed := [one for one in touched if not may_change(one, old, named)]):
            odd = unnamed[0]
            yield f"line {odd}: `{old[odd - 1].strip()}` is touched and not named ({rules})"


def may_change(line: int, old: Sequence[str], named: set[int]) -> bool:
    """Whether an edit may touch a line: one that it names, or a blank one beside those."""
    return line in named or (not old[line - 1].strip() and any(abs(line - one) <= 1 + CLOSE for one in named))


def lines_named(path: str, old: Sequence[str], before: bytes, group: Sequence[Finding]) -> set[int]:
    """Return the lines that the findings' fixes name: their places, the comments above, the imports that they need."""
    named: set[int] = set()
    for finding in group:
        edits = finding.fix.edits if finding.fix else ()
        for edit in edits:
            if edit.place.path != path:
                continue
            places = [edit.place, *([edit.to] if isinstance(edit, Move) else [])]
            if isinstance(edit, Import):
                named |= imports(before)
                continue
            for place in places:
                named |= in_parentheses(place, old)
                above = place.line - 1
                while above > 0 and old[above - 1].lstrip().startswith("#"):
                    named.add(above)
                    above -= 1
    return named


def in_parentheses(place: Place, old: Sequence[str]) -> set[int]:
    """Return the lines of a place, and those of the parentheses around it."""
    first, last = place.line, place.end_line
    if not old[first - 1][: place.column - 1].strip():
        while first > 1 and (not old[first - 2].strip() or old[first - 2].lstrip().startswith("#")):
            first -= 1
        first -= first > 1 and old[first - 2].partition("#")[0].rstrip().endswith("(")
    if not old[last - 1][place.end_column - 1 :].partition("#")[0].strip():
        while last < len(old) and (not old[last].strip() or old[last].lstrip().startswith("#")):
            last += 1
        last += last < len(old) and old[last].lstrip().startswith(")")
    return set(range(first, last + 1))


def imports(data: bytes) -> set[int]:
    """Return the lines of a module's imports, and the first one after them and after its docstring."""
    body = ast.parse(data).body
    found = {1}
    for one in body:
        if isinstance(one, ast.Import | ast.ImportFrom):
            found |= set(range(one.lineno, (one.end_lineno or one.lineno) + 2))
    if body and isinstance(body[0], ast.Expr):
        found.add((body[0].end_lineno or 1) + 1)
    return found


def main() -> int:
    """Run over the projects and print what comes of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("directories", nargs="+", type=Path)
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--select", action="append", default=[])
    parser.add_argument("--quiet", action="store_true", help="only the table")
    asked = parser.parse_args()
    done: Counter[str] = Counter()
    left: Counter[tuple[str, str]] = Counter()
    trouble = 0
    for directory in asked.directories:
        began = time.perf_counter()
        watch = Watch()
        vars(keck.fixes.plan)["attempt"] = watch
        count = 0
        try:
            with Survey([directory], Settings(select=tuple(asked.select))) as survey:
                for job, look in zip(survey.jobs, survey.first(), strict=True):
                    planner = Planner(survey, job, look, unsafe=asked.unsafe)
                    state = planner.run(planner.start, lambda one: asked.unsafe or bool(one.fix and one.fix.safe))
                    done.update(one.rule for one in state.done)
                    left.update((one.finding.rule, one.why) for one in planner.left.values())
                    count += len(state.done)
        except Trouble as error:
            print(f"{directory.name}: {error}")
            continue
        trouble += len(watch.trouble)
        if not asked.quiet or watch.trouble:
            print(f"{directory.name}: {count} repaired in {time.perf_counter() - began:.1f} s")
        for one in dict.fromkeys(watch.trouble):
            print(f"  ! {one}")
        sys.stdout.flush()
    print(f"\n{sum(done.values())} repaired, {sum(left.values())} left, {trouble} faults")
    for rule, number in sorted(done.items()):
        print(f"{number:5} {rule}")
    for (rule, why), number in sorted(left.items()):
        print(f"{number:5} left: {rule}: {why}")
    return int(trouble > 0)


if __name__ == "__main__":
    sys.exit(main())
