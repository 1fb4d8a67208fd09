"""The report of an examination for people at a terminal: what the app is, what is wrong, what was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING

from keck.finding import Level
from keck.live.record import LiveApp
from keck.report.doctor import digest
from keck.report.doctor.source import pinned, without_secrets
from keck.report.doctor.table import table
from keck.report.excerpt import lines_of
from keck.report.text import finding_lines, hidden_lines, labelled, paint, repairable, wrapped
from keck.report.view import COLOURS, View, one_line

if TYPE_CHECKING:
    from keck.examining import Examination, Fault

FOLDED = 3
UNUSED = "This app uses none of "
"""How the notice begins that says why there is so little to tell: it comes first."""
BINDING_COLOURS = {
    "works": "green",
    "inert": "yellow",
    "twice": "yellow",
    "drifted": "yellow",
    "elsewhere": "yellow",
    "unbound": "red",
}
ANSWER_COLOURS = {"answers": "green", "refuses": "red", "unreachable": "red", "missing": "yellow", "crashed": "red"}
VERDICT_COLOURS = {"passed": "green", "failed": "red", "crashed": "red"}


def render(examination: Examination, view: View) -> str:
    """Return the app, its bindings, routes and backends, the faults, the checks and, last, the verdict."""
    app = examination.app
    unused = next((one for one in examination.notices if not app.instances and one.startswith(UNUSED)), "")
    sections = [
        _app(app, view),
        wrapped(unused, view) if unused else [],
        _section("Bindings", _bindings(app, view), view),
        _section("Routes", _routes(app, view), view),
        _section("Backends", _backends(app, view), view),
        _section("Probe", _probe(app, view), view),
        _findings(examination, view),
        _section("Checks", _checks(examination, view), view),
        wrapped(code, view) if (code := digest.code_line(examination)) else [],
        [line for notice in examination.notices if notice != unused for line in wrapped(one_line(notice), view)],
        _verdict(examination, view),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _section(title: str, lines: Iterable[str], view: View) -> list[str]:
    found = list(lines)
    return [paint(title, view, bold=True), *found] if found else []


def _app(app: LiveApp, view: View) -> list[str]:
    name = one_line(app.name)
    lines = wrapped(f"{name}: {', '.join(digest.about(app))}", view, rest="    ")
    lines[0] = lines[0].replace(name, paint(name, view, bold=True), 1)
    if app.context_pushed:
        lines += wrapped("An app context was left open when the app was imported.", view, first="  ", rest="    ")
    return lines


def _bindings(app: LiveApp, view: View) -> Iterator[str]:
    bindings = digest.bindings(app)
    if not bindings:
        yield "  None of the seven extensions is in use."
        return

    def painted(column: int, text: str) -> str:
        return paint(text, view, fg=BINDING_COLOURS.get(text)) if column == 3 else text

    rows = [(one.package, one.name, one.bound, one.state) for one in bindings]
    for one, lines in zip(bindings, table(rows, view, paint=painted), strict=True):
        yield from lines
        for note in one.notes:
            yield from wrapped(one_line(note), view, first="      ", rest="        ")


def _routes(app: LiveApp, view: View) -> Iterator[str]:
    yield from wrapped(one_line(digest.routes_line(app)), view, first="  ", rest="  ")
    if digest.own(app.routes):
        yield f"  `{view.command} routes` shows each one."


def _backends(app: LiveApp, view: View) -> Iterator[str]:
    if app.answers is None:
        yield "  not asked"
        return
    if not app.answers:
        yield "  The app has none."
        return

    def painted(column: int, text: str) -> str:
        return paint(text, view, fg=ANSWER_COLOURS.get(text)) if column == 0 else text

    rows = [(one.state, one.name, digest.took(one.seconds), one.where) for one in app.answers]
    for one, lines in zip(app.answers, table(rows, view, paint=painted), strict=True):
        yield from lines
        if one.detail:
            yield from wrapped(one_line(one.detail), view, first="      ", rest="        ")


def _probe(app: LiveApp, view: View) -> Iterator[str]:
    if app.probes is not None:
        yield from wrapped(one_line(digest.probe_line(app, app.probes)), view, first="  ", rest="    ")


def _findings(examination: Examination, view: View) -> list[str]:
    """Return the faults that bring about something at or above the level in full, the others in a line a rule."""
    faults = digest.ranked(examination)
    blocks = ["\n".join(_fault(one, examination, view)) for one in faults if digest.worst(one) >= view.level]
    hidden = [fault.finding for fault in faults if digest.worst(fault) < view.level]
    if hidden:
        blocks.append("\n".join(hidden_lines(hidden, examination.root, view)))
    return [paint("Findings", view, bold=True), "\n\n".join(blocks)] if blocks else []


def _fault(fault: Fault, examination: Examination, view: View) -> Iterator[str]:
    read = cache(partial(lines_of, root=examination.root, unsaved=view.unsaved))
    finding = fault.finding
    lines = read(finding.place.path)
    keys = examination.app.config.keys()
    line = lines[finding.place.line - 1] if 0 < finding.place.line <= len(lines) else ""
    shown = without_secrets(line, finding, keys)
    if shown.strip():
        finding = pinned(finding, lines, shown)
    before = [""] * (finding.place.line - 1)
    yield from finding_lines(finding, examination.root, view, lambda _: [*before, shown])
    yield from labelled("seen:", digest.WITNESSES.get(finding.seen, finding.seen), view)
    if finding.fix is None and (repair := digest.repair_line(finding, examination)):
        yield from labelled("fix:", repair, view)
    folded = digest.consequences(fault)
    for one in folded[:FOLDED]:
        yield from labelled("so:", f"{one_line(one.message)} [{one.rule}]", view)
    if len(folded) > FOLDED:
        yield from labelled("so:", f"and {len(folded) - FOLDED} more", view)


def _checks(examination: Examination, view: View) -> Iterator[str]:
    """Yield how many checks passed, failed and were skipped or crashed; the last two with why, the skipped in brief."""
    counts = {state: digest.of_state(examination, state) for state in ("passed", "failed", "skipped", "crashed")}
    if view.level is Level.note:
        yield from _each_check(examination, view)
    yield "  " + ", ".join(f"{len(those)} {state}" for state, those in counts.items())
    skipped = counts["skipped"]
    if view.level is Level.note:
        for reason, rules in digest.grouped(skipped).items():
            yield from wrapped(f"skipped, {one_line(reason)}: {', '.join(rules)}", view, first="  ", rest="    ")
    elif skipped:
        why = one_line(digest.skips(examination.app, skipped))
        yield from wrapped(f"{len(skipped)} skipped: {why}; `--level note` lists them", view, first="  ", rest="    ")
    for one in counts["crashed"]:
        lines = wrapped(f"crashed: {one.rule}: {one_line(one.reason)}", view, first="  ", rest="    ")
        yield lines[0].replace("crashed", paint("crashed", view, fg="red"), 1)
        yield from lines[1:]


def _each_check(examination: Examination, view: View) -> Iterator[str]:
    def painted(column: int, text: str) -> str:
        return paint(text, view, fg=VERDICT_COLOURS.get(text)) if column == 0 else text

    rows = [(one.state, f"{one.title or one.rule} [{one.rule}]") for one in examination.verdicts]
    if rows:
        for lines in table(rows, view, paint=painted):
            yield from lines


def _verdict(examination: Examination, view: View) -> list[str]:
    faults = examination.faults
    lines = []
    hidden = [level for level in sorted(Level) if any(digest.worst(one) == level for one in faults)]
    if hidden and hidden[0] < view.level:
        lines.append(f"`--level {hidden[0].name}` shows each one.")
    if repair := repairable(examination.findings):
        lines += wrapped(repair, view)
    if faults:
        lines += wrapped(f"`keck explain {digest.ranked(examination)[0].finding.rule}` says why and what to do.", view)
    found = max((digest.worst(one) for one in faults), default=None)
    colour = COLOURS[found] if found else "yellow" if digest.of_state(examination, "crashed") else "green"
    return [
        *lines,
        *(paint(line, view, fg=colour, bold=True) for line in wrapped(one_line(digest.verdict(examination)), view)),
    ]
