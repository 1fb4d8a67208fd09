"""A Code Quality report, which GitLab shows in a merge request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from keck.finding import Level
from keck.report.fingerprint import fingerprints
from keck.report.view import View, last_line, printed

if TYPE_CHECKING:
    from keck.checking import Outcome

SEVERITIES = {Level.error: "critical", Level.warning: "major", Level.note: "info"}


def render(outcome: Outcome, view: View) -> str:
    """Return every finding; GitLab itself compares with the target branch."""
    document = [
        {
            "description": f"{finding.message}; {finding.help}" if finding.help else finding.message,
            "check_name": finding.rule,
            "fingerprint": fingerprint,
            "severity": SEVERITIES[finding.level],
            "location": {
                "path": printed(finding.place.path, outcome.root, view.start),
                "lines": {"begin": finding.place.line, "end": last_line(finding.place)},
            },
        }
        for finding, fingerprint in zip(outcome.findings, fingerprints(outcome.findings), strict=True)
    ]
    return json.dumps(document, indent=2) + "\n"
