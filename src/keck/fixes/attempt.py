"""An attempt: fixes are carried out in memory, and the rules are asked again what they say."""

from __future__ import annotations

import ast
import os
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from keck.edit import Create, Edit, Fix, Import, Move
from keck.finding import Finding
from keck.fixes.survey import Survey
from keck.fixes.unfit import Unfit
from keck.job import Job
from keck.place import Place

Key = tuple[str, str, str]


class Declined(Exception):  # noqa: N818 - it is no error: what it is raised for stays as it is
    """Raised where fixes are not to be done; says why, as a clause."""


class State(msgspec.Struct, frozen=True):
    """A project after some fixes.

    Args:
        texts: the new contents, by path relative to the root.
        findings: what the rules say of it now.
        done: the findings that are gone, each with its fix, in the order in which they were repaired.
        faults: the rules that failed on it.
    """

    texts: dict[str, bytes]
    findings: tuple[Finding, ...]
    done: tuple[Finding, ...] = ()
    faults: tuple[str, ...] = ()


def attempt(survey: Survey, job: Job, state: State, group: Sequence[Finding]) -> State:
    """Return the state with the fixes of some findings carried out together.

    Args:
        survey: what reads and asks.
        job: the project.
        state: what the places of the fixes refer to.
        group: findings of `state` whose fixes do not collide; all of them safe, or none.

    Raises:
        Declined: a fix does not fit, or what comes of it is not what it should be.
    """
    edits: dict[str, dict[Edit, None]] = {}
    for finding in group:
        for edit in fix_of(finding).edits:
            edits.setdefault(edit.place.path, {})[edit] = None
    texts = dict(state.texts)
    for path, those in edits.items():
        texts[path] = _edited(survey, path, state.texts.get(path), tuple(those))
    changed = {path for path, data in texts.items() if data != state.texts.get(path, survey.read(path))}
    if not changed:
        raise Declined("it changes nothing")
    texts = {path: data for path, data in texts.items() if path in state.texts or path in changed}
    look = survey.again(job, texts)
    if len(look.faults) > len(state.faults):
        raise Declined(f"what comes of it cannot be checked: {look.faults[-1]}")
    _compare(state.findings, look.findings, group)
    return State(texts, look.findings, (*state.done, *group), look.faults)


def fix_of(finding: Finding) -> Fix:
    """Return the fix of a finding that has one."""
    if finding.fix is None:
        raise ValueError(f"{finding.rule} at {finding.place.path}:{finding.place.line} has no fix")
    return finding.fix


def barrier(survey: Survey, job: Job, state: State, finding: Finding) -> None:
    """Make sure that the edits of a finding's fix are in files that may be changed.

    Raises:
        Declined: they are not.
    """
    files = {survey.outer(job, path) for path in job.files}
    for edit in fix_of(finding).edits:
        path = edit.place.path
        if path.startswith("../"):
            raise Declined(f"it also changes {path}, which lies outside of what was asked for")
        if isinstance(edit, Create):
            if path in state.texts or os.path.lexists(survey.root / path):
                raise Declined(f"{path} is there already")
        elif path not in files and path not in state.texts:
            raise Declined(f"it also changes {path}, which is not among the files that are checked")
        if leads_out(survey, path):
            raise Declined(f"{path} is a link that leads out of the project")


def leads_out(survey: Survey, path: str) -> bool:
    """Whether a file is in truth outside of the root."""
    return not (survey.root / path).resolve().is_relative_to(survey.root.resolve())


def apart(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings whose fixes do not touch the same or nested places, the first ones first."""
    taken: dict[str, list[Place]] = {}
    chosen = []
    for finding in findings:
        places = [place for edit in fix_of(finding).edits for place in _places(edit)]
        if not any(_overlap(one, other) for one in places for other in taken.get(one.path, ())):
            chosen.append(finding)
            for one in places:
                taken.setdefault(one.path, []).append(one)
    return chosen


def _places(edit: Edit) -> tuple[Place, ...]:
    if isinstance(edit, Import):
        return ()
    return (edit.place, edit.to) if isinstance(edit, Move) else (edit.place,)


def _overlap(one: Place, other: Place) -> bool:
    return (one.line, one.column) <= (other.end_line, other.end_column) and (other.line, other.column) <= (
        one.end_line,
        one.end_column,
    )


def _edited(survey: Survey, path: str, known: bytes | None, edits: Sequence[Edit]) -> bytes:
    """Return a file's content after edits."""
    from keck.fixes.apply import applied
    from keck.fixes.page import page

    first = edits[0]
    if isinstance(first, Create):
        if len(edits) > 1:
            raise Declined(f"{path} would be made in two ways")
        after = first.text.encode()
    else:
        before = survey.read(path) if known is None else known
        if before is None:
            raise Declined(f"{path} cannot be read")
        try:
            found = page(before)
            after = found.data(applied(found.text, edits))
        except Unfit as unfit:
            raise Declined(f"{path}: {unfit}") from unfit
    if path.endswith(".py") and not _parses(after):
        raise Declined(f"{path} would be no valid Python")
    return after


def _parses(data: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _compare(before: Sequence[Finding], after: Sequence[Finding], group: Sequence[Finding]) -> None:
    """Raise where a repaired finding is still there, or a safe fix has brought a new one at any level."""
    allowed = Counter(map(_key, before)) - Counter(map(_key, group))
    own = {_key(one) for one in group}
    safe = all(fix_of(one).safe for one in group)
    seen: Counter[Key] = Counter()
    for one in after:
        key = _key(one)
        seen[key] += 1
        if seen[key] > allowed[key]:
            if key in own:
                raise Declined("what it is to repair would still be found")
            if safe:
                raise Declined(f"it would bring a new finding: {one.message} [{one.rule}]")


def _key(finding: Finding) -> Key:
    return (finding.rule, finding.place.path, finding.symbol)
