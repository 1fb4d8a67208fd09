"""A plan: which fixes of a project are done, in which order, and why the others are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from keck.finding import Finding
from keck.fixes.attempt import Declined, State, apart, attempt, barrier, fix_of
from keck.fixes.survey import Look, Survey
from keck.job import Job
from keck.patch import Change, Patch
from keck.proof.outcome import Difference

PASSES = 100
"""As many times as fixes are looked for again in what came of fixes."""

Ask = Callable[[Finding, Patch], bool | None]
"""Whether a fix is wanted; None ends the asking, and no other is done."""
Prove = Callable[[State], None]
_Trail = tuple[str, str, str, str, str, int]


class Left(msgspec.Struct, frozen=True):
    """A finding that could have been repaired and was not.

    Args:
        finding: with its fix.
        why: as a clause.
        differences: what the proof has shown that the fix does not intend.
    """

    finding: Finding
    why: str
    differences: tuple[Difference, ...] = ()


class Planner:
    """Chooses among the fixes of one project.

    Args:
        survey: what reads and asks.
        job: the project.
        look: what the rules say of it as it is.
        unsafe: whether unsafe fixes are done too.
        ask: asked for each fix, with what it changes; None does all.
    """

    def __init__(self, survey: Survey, job: Job, look: Look, *, unsafe: bool, ask: Ask | None = None) -> None:
        self.survey = survey
        self.job = job
        self.unsafe = unsafe
        self.start = State({}, look.findings, faults=look.faults)
        self.left: dict[_Trail, Left] = {}
        self._ask = ask
        self._over = False
        self._answers: dict[_Trail, bool] = {}
        self._links = self._aliases()

    def candidates(self, state: State) -> list[Finding]:
        """Return the findings of a state that have a fix and were asked for, whether it is safe or not."""
        return [
            one
            for one in state.findings
            if one.fix is not None and self.survey.is_wanted(one) and one.place.path not in self._links
        ]

    def run(self, state: State, pick: Callable[[Finding], bool], prove: Prove | None = None) -> State:
        """Return the state after every fix that can be done; `left` says why others are not.

        Args:
            state: where to begin.
            pick: whether a fix is to be tried.
            prove: raises Declined where a state is not the same app.
        """
        self.left = {}
        passed = [state.texts]
        moved = False
        most = PASSES + len(self.candidates(state))
        while len(passed) < most and not self._over:
            group = self._group(state, pick)
            if not group and moved:
                self.left, moved = {}, False  # what was declined before may fit now
                group = self._group(state, pick)
            if not group:
                return state
            after = self._settle(state, group, prove)
            if after is state:
                continue
            if after.texts in passed:
                self._leave(state, group, "another fix takes it back")
                continue
            passed.append(after.texts)
            state, moved = after, True
        why = "it was not wanted" if self._over else "fixes follow one another without an end"
        self._leave(state, self._open(state, pick), why)
        return state

    def patch(self, state: State) -> Patch:
        """Return what a state changes."""
        return patch_of(self.survey, state)

    def _group(self, state: State, pick: Callable[[Finding], bool]) -> list[Finding]:
        """Return the findings to repair next: the safe ones before the others, and none that collide."""
        found = self._open(state, pick)
        safe = [one for one in found if fix_of(one).safe]
        group = apart(safe or found)
        return group[:1] if self._ask else group

    def _open(self, state: State, pick: Callable[[Finding], bool]) -> list[Finding]:
        """Return the findings that may be repaired and have not been left."""
        trails = _trails(self.survey, state)
        return [
            one
            for one in self.candidates(state)
            if trails[id(one)] not in self.left and (self.unsafe or fix_of(one).safe) and pick(one)
        ]

    def _leave(self, state: State, group: Sequence[Finding], why: str) -> None:
        trails = _trails(self.survey, state)
        self.left |= {trails[id(one)]: Left(one, why) for one in group}

    def _settle(self, state: State, group: Sequence[Finding], prove: Prove | None) -> State:
        """Return the state with as many fixes of a group as can be done together."""
        trails = _trails(self.survey, state)
        kept: list[Finding] = []
        result = state

        def go(part: Sequence[Finding]) -> None:
            nonlocal kept, result
            try:
                for one in part:
                    barrier(self.survey, self.job, state, one)
                after = attempt(self.survey, self.job, state, [*kept, *part])
                for one in part:
                    self._agree(trails[id(one)], one, state, after)
                if prove:
                    prove(after)
            except Declined as declined:
                if len(part) == 1:
                    differences = getattr(declined, "differences", ())
                    self.left[trails[id(part[0])]] = Left(part[0], str(declined), differences)
                    return
                middle = len(part) // 2
                go(part[:middle])
                go(part[middle:])
            else:
                kept = [*kept, *part]
                result = msgspec.structs.replace(after, done=self._as_first(state, kept))

        go(group)
        return result

    def _as_first(self, state: State, repaired: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return what is done after a state and some repairs, each finding placed as in the files as they are."""
        done = list(state.done)
        for one in repaired:
            taken = {id(each) for each in done}
            same = [first for first in self.start.findings if _is_same(first, one) and id(first) not in taken]
            done.append(next((each for each in same if each.place == one.place), same[0] if same else one))
        return tuple(done)

    def _agree(self, trail: _Trail, finding: Finding, before: State, after: State) -> None:
        """Raise where somebody is asked and does not want a fix; nobody is asked twice."""
        if self._ask and trail not in self._answers:
            answer = self._ask(finding, _step(self.survey, before, after))
            self._over = answer is None
            self._answers[trail] = bool(answer)
        if not self._answers.get(trail, True):
            raise Declined("it was not wanted")

    def _aliases(self) -> frozenset[str]:
        """Return the files that are links to others of the project, which are repaired themselves."""
        root = self.survey.root
        files = {self.survey.outer(self.job, path) for path in self.job.files}
        links = {path for path in files if (root / path).is_symlink()}
        if not links:
            return frozenset()
        real = {(root / path).resolve() for path in files - links}
        return frozenset(path for path in links if (root / path).resolve() in real)


def _is_same(first: Finding, one: Finding) -> bool:
    """Whether a finding is one that was there at first, wherever its line is by now."""
    return (
        first.fix is not None
        and first.fix.title == fix_of(one).title
        and (first.rule, first.place.path, first.symbol) == (one.rule, one.place.path, one.symbol)
    )


def patch_of(survey: Survey, state: State) -> Patch:
    """Return what a state changes of the files as they were read."""
    return Patch(
        {
            path: Change(before, data)
            for path, data in sorted(state.texts.items())
            if (before := survey.read(path)) != data
        }
    )


def _step(survey: Survey, before: State, after: State) -> Patch:
    """Return what changes from one state to the next."""
    return Patch(
        {
            path: Change(old, data)
            for path, data in sorted(after.texts.items())
            if (old := before.texts.get(path, survey.read(path))) != data
        }
    )


def _trails(survey: Survey, state: State) -> dict[int, _Trail]:
    """Return for each finding, by identity, what it is known by while lines move: its rule, file, symbol and line."""
    lines: dict[str, list[bytes]] = {}
    count: dict[tuple[str, str, str, str, str], int] = {}
    found = {}
    for one in state.findings:
        if one.fix is None:
            continue
        path = one.place.path
        if path not in lines:
            lines[path] = (state.texts.get(path) or survey.read(path) or b"").split(b"\n")
        line = lines[path][one.place.line - 1 : one.place.line]
        trail = (one.rule, path, one.symbol, one.fix.title, b"".join(line).strip().decode("latin-1"))
        count[trail] = count.get(trail, 0) + 1
        found[id(one)] = (*trail, count[trail])
    return found
