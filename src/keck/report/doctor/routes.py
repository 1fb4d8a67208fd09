"""The route matrix for a terminal: every rule and method, with what applies in the order in which it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keck.live.record import LiveApp, Probed, Route
from keck.report.doctor import cells, digest
from keck.report.doctor.selection import select
from keck.report.doctor.table import table
from keck.report.text import paint, wrapped
from keck.report.view import View, one_line, printed, visible

HEADS = ("METHOD", "RULE", "ENDPOINT", "EXPOSURE", "IN THE ORDER IN WHICH IT RUNS")
COLOURS = {"open": "red", "conditional": "yellow", "optional": "cyan", "guarded": "green"}
FEW = 3


def text(app: LiveApp, only: Sequence[str], view: View, *, verbose: bool = False) -> str:
    """Return a line a route, or each route in full where few were selected or `verbose` says so."""
    routes = select(app.routes, only)
    if not routes:
        return "\n".join(wrapped(_none(app, only), view)) + "\n"
    total = digest.routes_line(app) if not only else f"{len(routes)} of {digest.many(app.routes)}."
    foot = "\n".join(wrapped(total, view))
    if app.probes is not None:
        foot += "\n" + "\n".join(wrapped(one_line(f"Probe: {digest.probe_line(app, app.probes)}"), view))
    whole = cells.clashes(app.routes)
    if verbose or (only and len(routes) <= FEW):
        probed = {(one.rule, one.method, one.endpoint): one for one in app.probes.routes} if app.probes else {}
        blocks = [
            "\n".join(_full(one, probed.get((one.rule, one.method, one.endpoint)), view, whole)) for one in routes
        ]
        return "\n\n".join([*blocks, foot]) + "\n"
    return "\n".join(_lines(routes, view, whole)) + f"\n\n{foot}\n"


def _none(app: LiveApp, only: Sequence[str]) -> str:
    if not only:
        return "The app has no routes."
    named = " or ".join(f"`{one_line(name)}`" for name in only)
    return f"None of the {digest.many(app.routes)} is named by {named}: give an endpoint, a blueprint or a path."


def _lines(routes: Sequence[Route], view: View, whole: frozenset[str]) -> Iterator[str]:
    rows = [HEADS] + [
        (one.method, one.rule, one.endpoint, "static" if one.static else one.exposure, _applied(one, whole))
        for one in routes
    ]

    def painted(column: int, cell: str) -> str:
        if cell in HEADS:
            return paint(cell, view, bold=True)
        return paint(cell, view, fg=COLOURS.get(cell)) if column == 3 else cell

    for lines in table(rows, view, paint=painted, indent=""):
        yield from lines


def _applied(route: Route, whole: frozenset[str]) -> str:
    applied = " > ".join(f"{kind}: {text}" for kind, text in cells.steps(route, whole))
    return "; ".join([*([applied] if applied else []), *cells.warnings(route)])


def _full(route: Route, probed: Probed | None, view: View, whole: frozenset[str]) -> Iterator[str]:
    exposure = paint(route.exposure, view, fg=COLOURS.get(route.exposure))
    yield f"{paint(one_line(f'{route.method} {route.rule}'), view, bold=True)}  {one_line(route.endpoint)}  {exposure}"
    if route.name:
        where = f", {visible(printed(route.spot.path, '/', view.start))}:{route.spot.line}" if route.spot.path else ""
        yield from _wrapped(f"{route.name}{where}", view)
    for number, step in enumerate(route.order, 1):
        at = f" ({cells.hooked(step.at)})" if step.at != "view" else ""
        yield from _wrapped(f"{number}. {step.kind}: {cells.brief(step, whole)}{at}", view)
    if not any(step.kind == "cors" for step in route.order) and (shared := cells.cors(route.cors)):
        yield from _wrapped(f"cors: {shared}, by {route.cors.source}", view)
    for policy in route.cors.policies:
        origins = ", ".join(policy.get("origins", ())) or "no origin"
        yield from _wrapped(f"  asks {policy.get('source', 'a policy')}: {origins}", view)
    if route.exempt:
        yield from _wrapped(f"exempt from limits: {', '.join(route.exempt)}", view)
    for warning in cells.warnings(route):
        yield from _wrapped(warning, view)
    if probed is not None:
        if probed.skipped:
            yield from _wrapped(f"probe: not asked: {probed.skipped}", view)
        for who, answer in digest.lines_of_probe(probed.asked):
            yield from _wrapped(f"probe, {who}: {answer}", view)


def _wrapped(line: str, view: View) -> list[str]:
    return wrapped(one_line(line), view, first="  ", rest="     ")
