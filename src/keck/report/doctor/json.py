"""The report of an examination for programs, in a shape that stays: see docs/doctor.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from keck.finding import Finding, Level
from keck.live.record import TITLES, Guard, Instance, LiveApp, Route, Spot
from keck.report.doctor.digest import consequences, ranked, repair_of
from keck.report.doctor.selection import select
from keck.report.json import described
from keck.report.view import View, relative, tally

if TYPE_CHECKING:
    from keck.examining import Examination, Fault

VERSION = 1
STATES = ("passed", "failed", "skipped", "crashed")


def render(examination: Examination, view: View) -> str:  # noqa: ARG001 - all levels, whatever the reader's view
    """Return the examination as JSON; ASCII only, so that no console's encoding matters."""
    app, root = examination.app, examination.root
    count = tally(fault.finding for fault in examination.faults)
    verdicts = {state: sum(one.state == state for one in examination.verdicts) for state in STATES}
    document = {
        "version": VERSION,
        "root": root,
        "app": _app(app, root),
        "bindings": [_binding(one, app, root) for one in app.instances],
        "routes": [_route(one, root) for one in app.routes],
        "backends": None if app.answers is None else [asdict(one) for one in app.answers],
        "probe": None if app.probes is None else asdict(app.probes),
        "verdicts": [
            {"rule": one.rule, "title": one.title, "state": one.state, "reason": one.reason}
            for one in examination.verdicts
        ],
        "findings": [_fault(one, examination) for one in ranked(examination)],
        "summary": {
            "errors": count[Level.error],
            "warnings": count[Level.warning],
            "notes": count[Level.note],
            "consequences": sum(len(fault.consequences) for fault in examination.faults),
            **verdicts,
            "files": examination.files,
            "notices": list(examination.notices),
        },
    }
    return json.dumps(document, indent=2) + "\n"


def routes(app: LiveApp, only: Sequence[str]) -> str:
    """Return the chosen routes as JSON, each as in the report."""
    root = app.root or "/"
    found = [_route(one, root) for one in select(app.routes, only)]
    probe = {} if app.probes is None else {"probe": asdict(app.probes)}
    document = {"version": VERSION, "root": root, "app": _app(app, root), "routes": found, **probe}
    return json.dumps(document, indent=2) + "\n"


def _app(app: LiveApp, root: str) -> dict[str, Any]:
    return {
        "name": app.name,
        "place": _spot(app.spot, root),
        "flask": app.versions.get("flask", ""),
        "python": app.python,
        "versions": dict(app.versions),
        "debug": app.debug,
        "testing": app.testing,
        "workers": app.workers,
        "context_pushed": app.context_pushed,
    }


def _binding(one: Instance, app: LiveApp, root: str) -> dict[str, Any]:
    package = TITLES.get(one.extension, one.extension)
    return {
        "extension": one.extension,
        "package": package,
        "version": app.versions.get(package.lower(), ""),
        "name": one.name,
        "names": list(one.names),
        "place": _spot(one.spot, root),
        "bound": one.bound,
        "others": list(one.others),
        "twice": one.twice,
        "inert": one.inert,
        "drift": [asdict(drift) for drift in one.drift],
        "facts": one.facts,
    }


def _route(one: Route, root: str) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "method": one.method,
        "endpoint": one.endpoint,
        "function": one.name,
        "place": _spot(one.spot, root),
        "path": one.path,
        "exposure": one.exposure,
        "order": [asdict(step) for step in one.order],
        "guards": [_guard(guard, root) for guard in one.guards],
        "limits": [asdict(limit) for limit in one.limits],
        "exempt": list(one.exempt),
        "cache": [asdict(use) for use in one.cache],
        "cors": asdict(one.cors),
        "dead": list(one.dead),
        "unseen": one.unseen,
        "automatic_options": one.automatic_options,
        "static": one.static,
    }


def _guard(one: Guard, root: str) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "how": one.how,
        "name": one.name,
        "at": one.at,
        "position": one.position,
        "place": _spot(one.spot, root),
        "details": one.details,
    }


def _fault(fault: Fault, examination: Examination) -> dict[str, Any]:
    follow = [_finding(one, examination) for one in consequences(fault)]
    return {**_finding(fault.finding, examination), "consequences": follow}


def _finding(finding: Finding, examination: Examination) -> dict[str, Any]:
    return {**described(finding), "symbol": finding.symbol, "repair": repair_of(finding, examination)}


def _spot(spot: Spot, root: str) -> dict[str, Any] | None:
    """Return where something stands, relative to the root; None where that is not known."""
    if not spot.path:
        return None
    return {"path": relative(spot.path, root), "line": spot.line, "end_line": max(spot.line, spot.end_line)}
