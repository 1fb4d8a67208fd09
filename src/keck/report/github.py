"""Workflow commands: GitHub Actions shows them at the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keck.finding import Finding, Level
from keck.report.view import View, last_line, printed

if TYPE_CHECKING:
    from keck.checking import Outcome

COMMANDS = {Level.error: "error", Level.warning: "warning", Level.note: "notice"}


def render(outcome: Outcome, view: View) -> str:
    """Return a workflow command for each finding at or above the level."""
    return "".join(_command(f, outcome.root, view) for f in outcome.findings if f.level >= view.level)


def _command(finding: Finding, root: str, view: View) -> str:
    place = finding.place
    properties = {"title": f"keck: {finding.rule}", "file": printed(place.path, root, view.start), "line": place.line}
    if last_line(place) == place.line:  # GitHub takes columns for a single line only
        properties |= {"col": place.column, "endColumn": max(place.end_column, place.column)}
    else:
        properties |= {"endLine": last_line(place)}
    named = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in properties.items())
    text = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    return f"::{COMMANDS[finding.level]} {named}::{_escaped(text)}\n"


def _escaped(text: str, also: str = "") -> str:
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
