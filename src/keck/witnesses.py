"""Two witnesses of one fault: what the source code shows, and what the live app shows."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

import msgspec

from keck.checking import Outcome
from keck.examining import Examination
from keck.finding import Finding, Level, Place
from keck.heeded import refolded
from keck.suppress import UNUSED


def merged(examination: Examination, outcome: Outcome, ignored: Sequence[Finding] = ()) -> Examination:
    """Return an examination with what a check of the source code has found.

    Both speak of one fault where a rule has told of the same symbol, or where the line of the one, or of what it
    points to besides, lies within the place of the other: it is told once, as the app shows it, at the place that
    the source code gives, and at the higher level of the two. Where the app does not show the place, and the finding
    stands where the app is made, the only one of its rule in the source code is the same, or the one about the same name.

    Args:
        examination: of the app, comments heeded.
        outcome: of the source code; its root is that of the examination.
        ignored: what comments have taken out of the examination: those comments are not unused.
    """
    told: list[Finding] = []
    shared: set[int] = set()
    for one in examination.findings:
        twins = [index for index, other in enumerate(outcome.findings) if _is_same(one, other)]
        twins = twins or _only(one, examination, outcome)
        shared.update(twins)
        told.append(_both(one, outcome.findings[twins[0]]) if twins else one)
    once = {(one.rule, one.place, one.symbol, one.message): one for one in reversed(told)}
    alone = [
        one
        for index, one in enumerate(outcome.findings)
        if index not in shared and not (one.rule == UNUSED and _is_used(one, ignored))
    ]
    both = refolded(examination, [*reversed(once.values()), *alone])
    notices = tuple(dict.fromkeys((*both.notices, *outcome.notices)))
    return msgspec.structs.replace(both, notices=notices, files=outcome.files)


def _is_same(seen: Finding, read: Finding) -> bool:
    if seen.rule != read.rule:
        return False
    if seen.symbol and seen.symbol == read.symbol:
        return True
    return any(_lies_in(place, seen.place) for place in (read.place, *(one.place for one in read.related)))


def _only(seen: Finding, examination: Examination, outcome: Outcome) -> list[int]:
    """Return the findings of the source code that one of the app means whose place is not known."""
    if not _is_unplaced(seen, examination):
        return []
    of_rule = [index for index, one in enumerate(outcome.findings) if one.rule == seen.rule]
    last = _last_part(seen.symbol)
    named = [index for index in of_rule if last and _last_part(outcome.findings[index].symbol) == last]
    if named or len(of_rule) != 1:
        return named
    others = [one for one in examination.findings if one.rule == seen.rule and one is not seen]
    keys = last.isupper() and outcome.findings[of_rule[0]].symbol.isupper()
    return [] if others or keys else of_rule


def _is_unplaced(finding: Finding, examination: Examination) -> bool:
    """Whether a finding stands where the app is made, as those do of which nobody knows the place."""
    spot, place = examination.app.spot, finding.place
    if not place.path or not spot.path:
        return not place.path
    return place.line == spot.line and posixpath.normpath(posixpath.join(examination.root, place.path)) == spot.path


def _last_part(symbol: str) -> str:
    return re.split(r"[.:]", symbol)[-1]


def _lies_in(place: Place, span: Place) -> bool:
    return place.path == span.path and span.line <= place.line <= max(span.line, span.end_line)


def _both(seen: Finding, read: Finding) -> Finding:
    known = {(one.place.path, one.place.line) for one in seen.related}
    known.add((read.place.path, read.place.line))
    related = tuple(one for one in read.related if (one.place.path, one.place.line) not in known)
    level: Level = max(seen.level, read.level)
    related = (*seen.related, *related)
    return msgspec.structs.replace(seen, seen="both", level=level, place=read.place, related=related, fix=read.fix)


def _is_used(unused: Finding, ignored: Sequence[Finding]) -> bool:
    """Whether a comment that ignores nothing in the source code has ignored something of the app."""
    names = {name.strip() for name in unused.symbol.split(",")}
    return any(one.place.path == unused.place.path and one.rule in names for one in ignored)
