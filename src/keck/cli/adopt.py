"""The parts of ``keck check`` that bring it into an old code base."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from keck.cli.screen import emit
from keck.finding import Level
from keck.report.view import plural

if TYPE_CHECKING:
    from keck.checking import Outcome


def since_revision(outcome: Outcome, revision: str) -> Outcome:
    """Return the outcome with only the findings that touch a line changed since `revision`.

    Raises:
        Trouble: Git does not know the revision, or there is no Git repository.
    """
    from keck.since import changed_lines

    changed = changed_lines(revision, Path(outcome.root))
    kept = [
        finding
        for finding in outcome.findings
        if not changed.get(finding.place.path, set()).isdisjoint(
            range(finding.place.line, max(finding.place.end_line, finding.place.line) + 1)
        )
    ]
    return msgspec.structs.replace(outcome, findings=tuple(kept))


def write_baseline(outcome: Outcome, target: Path) -> int:
    """List every finding in a baseline file, say so, and return the exit code."""
    from keck import baseline
    from keck.settings import shown

    baseline.write(outcome.findings, target)
    emit(f"Wrote {plural(len(outcome.findings), 'finding')} to {shown(target)}.\n")
    return 0


def add_ignores(outcome: Outcome, level: Level) -> int:
    """Write an ignore comment for each finding at or above the level, say so, and return the exit code."""
    from keck import suppress

    chosen = [finding for finding in outcome.findings if finding.level >= level]
    written = suppress.add_ignores(chosen, Path(outcome.root))
    emit(f"Added {plural(written, 'ignore')} for {plural(len(chosen), 'finding')}.\n")
    return 0
