"""The report for programs, in a shape that stays: see docs/json.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from keck.finding import Finding, Level, Place
from keck.report.view import View, last_line, tally

if TYPE_CHECKING:
    from keck.checking import Outcome

VERSION = 1


def render(outcome: Outcome, view: View) -> str:  # noqa: ARG001 - all levels, whatever the reader's view
    """Return every finding as JSON; ASCII only, so that no console's encoding matters."""
    count = tally(outcome.findings)
    document = {
        "version": VERSION,
        "root": outcome.root,
        "findings": [described(finding) for finding in outcome.findings],
        "summary": {
            "errors": count[Level.error],
            "warnings": count[Level.warning],
            "notes": count[Level.note],
            "files": outcome.files,
            "notices": list(outcome.notices),
        },
    }
    return json.dumps(document, indent=2) + "\n"


def described(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON data."""
    return {
        "rule": finding.rule,
        "level": finding.level.name,
        **_place(finding.place),
        "message": finding.message,
        "help": finding.help,
        "seen": finding.seen,
        "related": [{**_place(related.place), "message": related.message} for related in finding.related],
        "fix": fix_of(finding),
    }


def fix_of(finding: Finding) -> dict[str, Any] | None:
    """Return how `keck fix` repairs a finding as JSON data; None where it does not."""
    fix = finding.fix
    return None if fix is None else {"title": fix.title, "safe": fix.safe, "changes": fix.changes}


def _place(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.line, "column": place.column, "end_line": last_line(place)}
