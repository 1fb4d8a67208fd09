"""The report of a repair: for people, and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from keck.finding import Finding
from keck.fixes.attempt import fix_of
from keck.report.json import described
from keck.report.text import labelled, paint, wrapped
from keck.report.view import View, one_line, plural, printed, visible

if TYPE_CHECKING:
    from keck.fixes.refused import Refused
    from keck.fixing import Repair
    from keck.proof import Difference

VERSION = 1
SHOWN = 10
"""As many unexpected differences of one fix as are shown one by one."""
_COLOURS = {"repaired": "green", "left": "yellow", "unsafe": "cyan"}


def render(repair: Repair, view: View, *, written: bool, factory: bool = False) -> str:
    """Return what was done, what was left and why, what unsafe fixes would do, the proof, and what comes next."""
    verb = "repaired" if written else "to repair"
    blocks = [
        [line for one in repair.done for line in _line(one, verb, repair, view)],
        list(_left(repair, view)),
        [line for one in repair.unsafe for line in _line(one, "unsafe", repair, view)],
        [line for text in repair.says for line in wrapped(one_line(text), view)],
        *(_proof(repair, view)),
        [line for notice in repair.notices for line in wrapped(one_line(notice), view)],
        [line for text in _summary(repair, written=written, factory=factory) for line in wrapped(text, view)],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def data(repair: Repair, *, written: bool) -> str:
    """Return the repair as JSON, in a shape that stays: see docs/fix.md."""
    from keck.proof.report import as_json

    document = {
        "version": VERSION,
        "root": repair.root,
        "written": written and bool(repair.patch),
        "repaired": [_described(one) for one in repair.done],
        "left": [
            {**_described(one.finding), "why": one.why, "differences": [_difference(each) for each in one.differences]}
            for one in repair.left
        ],
        "unsafe": [_described(one) for one in repair.unsafe],
        "files": sorted(repair.patch.files),
        "diff": repair.patch.diff(),
        "says": list(repair.says),
        "proofs": [{"project": one.base, **as_json(one.proof)} for one in repair.proofs],
        "notices": list(repair.notices),
    }
    return json.dumps(document, indent=2) + "\n"


def completed(root: str, files: Sequence[str]) -> str:
    """Return as JSON which files of a run that was killed have now been written."""
    return json.dumps({"version": VERSION, "root": root, "completed": list(files)}, indent=2) + "\n"


def refusal(refused: Refused) -> str:
    """Return as JSON why an app is not taken apart."""
    told = {"path": refused.path, "line": refused.line, "why": refused.why}
    return json.dumps({"version": VERSION, "refused": told}, indent=2) + "\n"


def _described(finding: Finding) -> dict[str, Any]:
    return {**described(finding), "symbol": finding.symbol}


def _difference(one: Difference) -> dict[str, Any]:
    values = {"before": one.before, "after": one.after}
    return {"path": one.path, **{name: None if text is None else json.loads(text) for name, text in values.items()}}


def _line(finding: Finding, verb: str, repair: Repair, view: View) -> Iterator[str]:
    fix = fix_of(finding)
    place = finding.place
    where = f"{visible(printed(place.path, repair.root, view.start))}:{place.line}:{place.column}:"
    text = one_line(fix.title)
    if fix.changes:
        text += f"; {one_line(fix.changes)}" if verb == "unsafe" else f" (unsafe: {one_line(fix.changes)})"
    lines = wrapped(f"{where} {verb} [{finding.rule}] {text}", view, rest="    ")
    yield lines[0].replace(f" {verb} ", f" {paint(verb, view, fg=_COLOURS.get(verb, 'green'), bold=True)} ", 1)
    yield from lines[1:]


def _left(repair: Repair, view: View) -> Iterator[str]:
    """Yield what is left, those with the same reason together."""
    for (why, differences), group in groupby(repair.left, lambda one: (one.why, one.differences)):
        for one in group:
            yield from _line(one.finding, "left", repair, view)
        yield from labelled("why:", one_line(why), view)
        if differences:
            from keck.proof.report import difference

            for one in differences[:SHOWN]:
                yield from labelled("it:", one_line(difference(one)), view)
            if len(differences) > SHOWN:
                yield from labelled("it:", f"and {len(differences) - SHOWN} more", view)


def _proof(repair: Repair, view: View) -> Iterator[list[str]]:
    """Yield what was compared for each project, and what differs."""
    if repair.proofs:
        from keck.proof import report

        for one in repair.proofs:
            told = report.text(one.proof).rstrip("\n").split("\n")
            base = printed(one.base, repair.root, view.start)
            name = "Proof: " if base == "." or one.base == "." else f"Proof of {base}: "
            yield [line for text in (name + told[0], *told[1:]) for line in wrapped(visible(text), view, rest="    ")]


def _summary(repair: Repair, *, written: bool, factory: bool) -> Iterator[str]:
    files = plural(len(repair.patch.files), "file")
    parts: list[str] = []
    if repair.done:
        verb = "Repaired" if written else "Would repair"
        parts.append(f"{verb} {plural(len(repair.done), 'finding')} in {files}")
    elif factory:
        verb = "Wrote" if written else "Would write"
        parts.append(f"{verb} {files}" if repair.patch else "Nothing was written: it could not be proven")
    else:
        parts.append("Nothing was repaired" if written else "Nothing would be repaired")
    if repair.left:
        parts.append(f"{len(repair.left)} left")
    if repair.unsafe:
        parts.append(f"{len(repair.unsafe)} more with `--unsafe`")
    yield "; ".join(parts) + "."
    if repair.patch:
        new = any(one.before is None for one in repair.patch.files.values())
        shows = "`git status` and `git diff` show" if new else "`git diff` shows"
        yield (
            f"{shows} what has changed; run your tests before you commit it."
            if written
            else "Without `--diff` it is written."
        )
