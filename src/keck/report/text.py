"""The report for people: place, fault, source line with a mark, what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import groupby
from typing import TYPE_CHECKING

from click import style

from keck.finding import Finding, Level, Place
from keck.report.excerpt import excerpt, lines_of
from keck.report.view import COLOURS, View, one_line, plural, printed, tally, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from keck.checking import Outcome

GUTTER = 8
LEAST_ROOM = 24


def render(outcome: Outcome, view: View) -> str:
    """Return every finding at or above the level, one line a rule for the others, and a summary."""
    read = cache(partial(lines_of, root=outcome.root, unsaved=view.unsaved))
    blocks = [
        "\n".join(finding_lines(finding, outcome.root, view, read))
        for finding in outcome.findings
        if finding.level >= view.level
    ]
    hidden = [finding for finding in outcome.findings if finding.level < view.level]
    if hidden:
        blocks.append("\n".join(hidden_lines(hidden, outcome.root, view)))
    if outcome.notices:
        blocks.append("\n".join(line for notice in outcome.notices for line in wrapped(one_line(notice), view)))
    blocks.append("\n".join(line for text in summary(outcome, view) for line in wrapped(text, view)))
    return "\n\n".join(blocks) + "\n"


def summary(outcome: Outcome, view: View) -> Iterator[str]:
    """Yield how many findings there are of each level, and where to read on."""
    count = tally(outcome.findings)
    files = plural(outcome.files, "file")
    named = [plural(count[level], level.name) for level in sorted(Level, reverse=True) if count[level]]
    if not named:
        yield f"No faults found in {files}." if outcome.files else "No Python files found."
        return
    text = ", ".join(named[:-1]) + " and " + named[-1] if len(named) > 1 else named[0]
    yield f"Found {text} ({files} checked)."
    hidden = [level for level in sorted(Level) if count[level] and level < view.level]
    if hidden:
        yield f"`--level {hidden[0].name}` shows each one."
    if repair := repairable(outcome.findings):
        yield repair
    shown = [finding for finding in outcome.findings if finding.level >= view.level]
    if shown:
        yield f"`keck explain {max(shown, key=lambda one: one.level).rule}` says why and what to do."


def finding_lines(finding: Finding, root: str, view: View, read: Callable[[str], Sequence[str]]) -> Iterator[str]:
    """Yield a finding's place and message, its source line with a mark, what to do and where else to look."""
    place = finding.place
    where = _where(place, root, view)
    kind = f"{finding.level.name}[{finding.rule}]"
    fixed = mark(finding)
    head = f"{paint(where, view, bold=True)} {paint(kind, view, fg=COLOURS[finding.level], bold=True)}{fixed}"
    length = len(where) + 1 + len(kind) + len(fixed)
    message = one_line(finding.message)
    if view.width is None or length + 1 + len(message) <= view.width or length + LEAST_ROOM <= view.width:
        lines = wrapped(message, view, first=" " * (length + 1), rest="    ")
        yield head + lines[0][length:]
        yield from lines[1:]
    else:
        yield head
        yield from wrapped(message, view, first="    ", rest="    ")
    lines_read = read(place.path)
    if place.line <= len(lines_read) and lines_read[place.line - 1].strip():
        room = None if view.width is None else view.width - GUTTER
        text, marks = excerpt(lines_read[place.line - 1], place, room)
        yield paint(f"{place.line:>{GUTTER - 3}} | ", view, dim=True) + text
        yield paint(" " * (GUTTER - 3) + " | ", view, dim=True) + paint(marks, view, fg=COLOURS[finding.level])
    if finding.help:
        yield from labelled("help:", one_line(finding.help), view)
    for related in finding.related:
        yield from labelled("see:", f"{_where(related.place, root, view)} {one_line(related.message)}", view)


def labelled(label: str, text: str, view: View) -> Iterator[str]:
    """Yield `text` under a finding, with a label before it."""
    first = " " * (GUTTER - 2) + label + " "
    lines = wrapped(text, view, first=first, rest=" " * GUTTER)
    yield lines[0].replace(label, paint(label, view, bold=True), 1)
    yield from lines[1:]


def mark(finding: Finding) -> str:
    """Return what tells that `keck fix` repairs a finding, with a blank before it; empty where it does not."""
    if finding.fix is None:
        return ""
    return " [fix]" if finding.fix.safe else " [unsafe fix]"


def repairable(findings: Iterable[Finding]) -> str:
    """Return how many of some findings `keck fix` repairs, as a sentence; empty where it is none."""
    fixed = [(one.rule, one.fix) for one in findings if one.fix is not None]
    safe = sum(fix.safe and not fix.by_name for _, fix in fixed)
    unsafe = sum(not fix.safe and not fix.by_name for _, fix in fixed)
    ways = [
        *([f"`keck fix` repairs {safe} of them"] if safe else []),
        *([f"`--unsafe` {unsafe} more" if safe else f"`keck fix --unsafe` repairs {unsafe} of them"] if unsafe else []),
    ]
    for rule, group in groupby(sorted(rule for rule, fix in fixed if fix.by_name)):
        count = len(list(group))
        ways.append(
            f"`--select {rule}` {count} more" if ways else f"`keck fix --select {rule}` repairs {count} of them"
        )
    return f"{', '.join(ways)}." if ways else ""


def hidden_lines(findings: Sequence[Finding], root: str, view: View) -> Iterator[str]:
    """Yield one line for each rule whose findings are below the level."""
    for rule, group in groupby(sorted(findings, key=lambda f: (f.rule, f.order)), key=lambda f: f.rule):
        found = list(group)
        place = found[0].place
        where = _where(place, root, view).removesuffix(f":{place.column}:").removesuffix(":")
        kind = f"{found[0].level.name}[{rule}]"
        if len(found) == 1:
            text = f"{where}: {one_line(found[0].message)}"
        else:
            files = len({finding.place.path for finding in found})
            text = f"{plural(len(found), 'place')} in {plural(files, 'file')}, the first is {where}"
        lines = wrapped(f"{kind} {text}", view, rest="    ")
        yield lines[0].replace(kind, paint(kind, view, fg=COLOURS[found[0].level]), 1)
        yield from lines[1:]


def _where(place: Place, root: str, view: View) -> str:
    """Return the place as editors and terminals link it; one without a path is the app itself."""
    if not place.path:
        return "app:"
    return f"{visible(printed(place.path, root, view.start))}:{place.line}:{place.column}:"


def wrapped(text: str, view: View, *, first: str = "", rest: str = "") -> list[str]:
    """Break `text` at spaces; a word that is longer than a line stays whole, so that it can be copied."""
    if view.width is None:
        return [first + text]
    return textwrap.wrap(
        text,
        view.width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]


def paint(text: str, view: View, *, fg: str | None = None, bold: bool | None = None, dim: bool | None = None) -> str:
    """Return `text` with ANSI sequences where the reader wants colour."""
    return style(text, fg=fg, bold=bold, dim=dim) if view.colour else text
