"""What a change did to the protections, for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from keck.doctor.diff import NOTHING, TURNS, VERSION, Change
from keck.report.doctor import masked
from keck.report.text import paint, wrapped
from keck.report.view import View, one_line

COLOURS = {"weaker": "red", "new, open": "red", "other": "yellow", "new": "cyan", "gone": "cyan", "stronger": "green"}


def text(changes: Sequence[Change], view: View) -> str:
    """Return each change on lines of its own, what got weaker first, and how many there are of each kind."""
    if not changes:
        return "The protections are as they were.\n"
    blocks = []
    for turn, group in groupby(changes, key=lambda one: one.turn):
        lines = [paint(turn.upper(), view, fg=COLOURS[turn], bold=True)]
        for one in group:
            lines += _lines(one, view)
        blocks.append("\n".join(lines))
    count = Counter(one.turn for one in changes)
    told = ", ".join(f"{count[turn]} {turn.replace(', ', ' and ')}" for turn in TURNS if count[turn])
    return masked("\n\n".join([*blocks, "\n".join(wrapped(f"Protections: {told}.", view))]) + "\n")


def as_json(changes: Sequence[Change]) -> str:
    """Return the changes as JSON."""
    count = Counter(one.turn for one in changes)
    document = {
        "version": VERSION,
        "changes": [msgspec.structs.asdict(one) for one in changes],
        "summary": {turn: count[turn] for turn in TURNS},
    }
    return masked(json.dumps(document, indent=2) + "\n")


def _lines(change: Change, view: View) -> Iterator[str]:
    head = f"{change.method} {change.rule} ({change.endpoint})"
    if change.aspect == "route":
        what = change.before if change.after == NOTHING else change.after
    else:
        what = f"{change.aspect}: {change.before} -> {change.after}"
    what += f": {change.why}" if change.why else ""
    yield from wrapped(one_line(f"{head} {what}"), view, first="  ", rest="      ")
