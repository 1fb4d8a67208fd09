"""SARIF 2.1.0 of an examination: what was found, and what the run could not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keck.report.doctor.digest import consequences, of_state, ranked
from keck.report.sarif import document, notification
from keck.report.view import View, printed

if TYPE_CHECKING:
    from keck.examining import Examination


def render(examination: Examination, view: View) -> str:
    """Return every finding as a result; one that follows from another says from which rule's.

    A check that crashed makes the run unsuccessful.
    """
    findings, properties = [], []
    for fault in ranked(examination):
        findings.append(fault.finding)
        properties.append({"seen": fault.finding.seen})
        for one in consequences(fault):
            findings.append(one)
            properties.append({"seen": one.seen, "follows": fault.finding.rule})
    remarks = [notification(notice, "note") for notice in examination.notices]
    remarks += [notification(f"{one.rule} crashed: {one.reason}", "error") for one in of_state(examination, "crashed")]
    root = examination.root
    return document(findings, remarks, lambda place: printed(place.path, root, view.start), properties)
