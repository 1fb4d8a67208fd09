"""One line a finding, for people in a hurry and for editors that parse compiler output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keck.report.text import mark, summary
from keck.report.view import View, one_line, printed, visible

if TYPE_CHECKING:
    from keck.checking import Outcome


def render(outcome: Outcome, view: View) -> str:
    """Return ``path:line:column: level[rule] message``, a mark before what can be repaired, for each finding at or above the level, and a total."""
    lines = [
        f"{visible(printed(finding.place.path, outcome.root, view.start))}:{finding.place.line}:{finding.place.column}: "
        f"{finding.level.name}[{finding.rule}]{mark(finding)} {one_line(finding.message)}"
        for finding in outcome.findings
        if finding.level >= view.level
    ]
    return "\n".join([*lines, next(summary(outcome, view))]) + "\n"
