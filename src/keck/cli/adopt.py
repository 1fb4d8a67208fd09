"""The parts of ``keck check`` that bring it into an old code base."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    from keck import since

    changed = since.changed_lines(revision, Path(outcome.root))
    return msgspec.structs.replace(outcome, findings=tuple(since.apply(outcome.findings, changed)))


def write_baseline(
    outcome: Outcome, target: Path, *, known: bool, asked: Collection[str], given: Sequence[Path]
) -> int:
    """List every finding in a baseline file, say so, and return the exit code.

    Args:
        outcome: the findings, taken without a baseline.
        target: the file.
        known: whether the settings name the file, so that the next check will use it.
        asked: the ids of the rules that have been applied; entries of others stay.
        given: the paths that have been checked; entries of files outside stay.
    """
    from keck import baseline
    from keck.settings import shown

    found, others = baseline.write(
        outcome.findings, target, Path(outcome.root), selected=frozenset(asked).__contains__, checked=given
    )
    kept = f", and kept {others} that this check did not look for" if others else ""
    emit(f"Wrote {plural(found, 'finding')} to {shown(target)}{kept}.\n")
    if not known:
        emit(f'Put `baseline = "{target.name}"` under [tool.keck] in pyproject.toml, so that every check uses it.\n')
    return 0


def add_ignores(outcome: Outcome, level: Level) -> int:
    """Write an ignore comment for each finding at or above the level, say so, and return the exit code."""
    from keck import suppress

    chosen = [finding for finding in outcome.findings if finding.level >= level]
    done = suppress.add_ignores(chosen, Path(outcome.root))
    emit(f"Wrote ignores for {done} of {plural(len(chosen), 'finding')}.\n")
    return 0
