"""The report of an examination as one page that needs nothing else: no network, no fonts, no other file.

What it shows comes from a project that nobody vouches for: everything is escaped, and the page forbids
itself all scripts and styles but its own, by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from keck.explain import paragraphs
from keck.finding import Finding, Level, Place
from keck.live.record import Answer, Probed, Route, Spot
from keck.report.doctor import cells, digest
from keck.report.doctor.source import without_secrets
from keck.report.excerpt import TAB, lines_of
from keck.report.view import View, plural, printed, tally, visible
from keck.rule import rules
from keck.version import __version__

if TYPE_CHECKING:
    from keck.examining import Examination, Fault

HERE = Path(__file__).parent
SECTIONS = ("What", "Why", "Fix", "When to ignore it")
STATES = ("crashed", "failed", "skipped", "passed")
FEW = 3
"""So many notes stand among the findings; more are folded together."""
PATIENCE = 2.0
"""Seconds that a backend has to answer, which fill the bar of its time."""

_CODE = re.compile(r"`([^`]+)`")
_BREAK = re.compile(r"(?<=\w[._/:])(?=\S)")
_ITEM = re.compile(r"(?:[-*]|\d+\.) ")


def render(examination: Examination, view: View) -> str:
    """Return the page."""
    css, js = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["inline"] = inline
    environment.filters["soft"] = soft
    environment.filters["took"] = digest.took
    app = examination.app
    cards = _cards(examination, view)
    notes = [one for one in cards if one["level"] == Level.note.name]
    folded = notes if sum(1 + len(one["more"]) for one in notes) > FEW else []
    page = environment.get_template("page.html").render(
        app=app,
        css=Markup(css),  # noqa: S704 - Keck's own file
        js=Markup(js),  # noqa: S704 - Keck's own file
        css_hash=_hash(css),
        js_hash=_hash(js),
        version=__version__,
        about=digest.about(app),
        verdict=digest.verdict(examination),
        outcome=_outcome(examination),
        tally=_tally(examination),
        findings=[one for one in cards if one not in folded],
        folded=folded,
        noted=sum(1 + len(one["more"]) for one in folded),
        code=digest.code_line(examination),
        bindings=[(one, _where(one.spot, view)) for one in digest.bindings(app)],
        answers=None if app.answers is None else [(one, _share(one)) for one in app.answers],
        routes_line=digest.routes_line(app),
        exposures=digest.exposures(digest.own(app.routes)),
        routes=_routes(examination, view),
        probe="" if app.probes is None else digest.probe_line(app, app.probes),
        checks=[(state, digest.of_state(examination, state)) for state in STATES],
        notices=examination.notices,
    )
    return page.rstrip() + "\n"


def inline(text: str) -> Markup:
    """Return text with what stands in backticks as code."""
    parts = _CODE.split(visible(text))
    marked = (
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )
    return Markup("").join(marked)


def soft(text: str) -> Markup:
    """Return a long name with places where it may be broken."""
    return Markup("<wbr>").join(_BREAK.split(visible(text)))


def prose(text: str) -> Markup:
    """Return a section of a rule's page as paragraphs and lists."""
    blocks = [Markup("")]
    items: list[Markup] = []
    for line in paragraphs(text[:1].upper() + text[1:]):
        if found := _ITEM.match(line):
            items.append(Markup("<li>{}</li>").format(inline(line[found.end() :])))
            continue
        blocks += _list(items)
        items = []
        blocks.append(Markup("<p>{}</p>").format(inline(line)))
    return Markup("\n").join([*blocks, *_list(items)])


def _list(items: Sequence[Markup]) -> list[Markup]:
    return [Markup("<ul>{}</ul>").format(Markup("").join(items))] if items else []


def _shown(value: object) -> object:
    """Return what a template prints; text that is not marked up yet loses what can't be seen."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _hash(text: str) -> Markup:
    """Return the hash by which a Content-Security-Policy knows a script or a style."""
    digested = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return Markup("'sha256-{}'").format(digested)


def _outcome(examination: Examination) -> str:
    """Return the level of the worst, ``crashed`` where only a check failed, ``passed`` or ``skipped``."""
    if examination.faults:
        return max(map(digest.worst, examination.faults)).name
    found = {one.state for one in examination.verdicts}
    return "crashed" if "crashed" in found else "passed" if "passed" in found else "skipped"


def _tally(examination: Examination) -> list[tuple[str, str, int]]:
    """Return icon, noun and number of what the head of the page counts; crashed checks only where there are some."""
    count = tally(fault.finding for fault in examination.faults)
    levels = [(level.name, plural(count[level], level.name), count[level]) for level in sorted(Level, reverse=True)]
    states = [
        (state, state, len(digest.of_state(examination, state))) for state in reversed(STATES) if state != "failed"
    ]
    return [
        (icon, noun.partition(" ")[2] or noun, number)
        for icon, noun, number in [*levels, *states]
        if number or icon != "crashed"
    ]


def _cards(examination: Examination, view: View) -> list[dict[str, Any]]:
    """Return what is to be told of each fault; those of one rule with the same advice and no consequences are one."""
    cards: dict[object, dict[str, Any]] = {}
    for number, fault in enumerate(digest.ranked(examination), 1):
        one = fault.finding
        key = (
            number
            if fault.consequences
            else (one.rule, one.level, one.seen, one.help, digest.repair_line(one, examination))
        )
        if key in cards:
            where = _place(one.place, examination.root, view)
            related = [(_place(each.place, examination.root, view), each.message) for each in one.related]
            cards[key]["more"].append((number, one.message, where, related))
        else:
            cards[key] = _fault(number, fault, examination, view)
    return list(cards.values())


def _fault(number: int, fault: Fault, examination: Examination, view: View) -> dict[str, Any]:
    finding = fault.finding
    rule = _known().get(finding.rule)
    sections = [(name, prose(rule.section(name))) for name in SECTIONS if rule.section(name)] if rule else []
    return {
        "number": number,
        "finding": finding,
        "level": finding.level.name,
        "where": _place(finding.place, examination.root, view),
        "source": _source(finding, examination, view),
        "seen": digest.WITNESSES.get(finding.seen, finding.seen),
        "related": [(_place(one.place, examination.root, view), one.message) for one in finding.related],
        "repair": digest.repair_line(finding, examination),
        "more": [],
        "title": rule.title if rule else "",
        "sections": sections,
        "follows": [
            (one.level.name, one, _place(one.place, examination.root, view)) for one in digest.consequences(fault)
        ],
    }


@cache
def _known() -> dict[str, Any]:
    return {rule.id: rule for rule in rules()}


def _source(finding: Finding, examination: Examination, view: View) -> str:
    """Return the source line of a finding, without its indent."""
    lines = lines_of(finding.place.path, examination.root, view.unsaved)
    if not 0 < finding.place.line <= len(lines):
        return ""
    line = without_secrets(lines[finding.place.line - 1], finding, examination.app.config.keys())
    return line.strip().replace("\t", TAB)


def _place(place: Place, root: str, view: View) -> str:
    return f"{printed(place.path, root, view.start)}:{place.line}" if place.path else ""


def _where(spot: Spot, view: View) -> str:
    return f"{printed(spot.path, '/', view.start)}:{spot.line}" if spot.path else ""


def _share(answer: Answer) -> int:
    """Return how much of the patience with a backend was used up, in percent; never nothing."""
    return max(2, min(100, round(100 * answer.seconds / PATIENCE)))


def _routes(examination: Examination, view: View) -> list[dict[str, Any]]:
    app = examination.app
    probed = {(one.rule, one.method, one.endpoint): one for one in app.probes.routes} if app.probes else {}
    named = _named(digest.ranked(examination))
    whole = cells.clashes(app.routes)
    return [
        _route(one, probed.get((one.rule, one.method, one.endpoint)), named.get(one.endpoint, ()), view, whole)
        for one in app.routes
    ]


def _named(faults: Iterable[Fault]) -> dict[str, list[tuple[int, str, str]]]:
    """Return number, level and message of the faults that are about each endpoint."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for number, fault in enumerate(faults, 1):
        for finding in (fault.finding, *fault.consequences):
            for name in {finding.symbol, *finding.tags}:
                found.setdefault(name, []).append((number, finding.level.name, finding.message))
    return found


def _route(
    route: Route,
    probed: Probed | None,
    findings: Sequence[tuple[int, str, str]],
    view: View,
    whole: frozenset[str],
) -> dict[str, Any]:
    exposure = "static" if route.static else route.exposure
    order = ("open", "conditional", "optional", "guarded", "static")
    return {
        "route": route,
        "exposure": exposure,
        "rank": order.index(exposure) if exposure in order else len(order),
        "guards": [cells.guard(one) for one in route.guards],
        "limits": [cells.limit(one, whole) for one in route.limits],
        "cache": [cells.cached(one, whole) for one in route.cache],
        "cors": cells.cors(route.cors),
        "warnings": list(cells.warnings(route)),
        "where": _where(route.spot, view),
        "steps": [
            (one.kind, cells.brief(one, whole), cells.hooked(one.at) if one.at != "view" else "") for one in route.order
        ],
        "policies": list(_policies(route)),
        "findings": findings,
        "probe": list(digest.lines_of_probe(probed.asked)) if probed else [],
        "unasked": probed.skipped if probed else "",
    }


def _policies(route: Route) -> Iterator[tuple[str, str]]:
    for policy in route.cors.policies:
        yield str(policy.get("source", "a policy")), ", ".join(policy.get("origins", ())) or "no origin"
