"""What a proof says of a plan: whether the app is still the same, and which fix is to blame where it is not."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from keck.finding import Finding
from keck.fixes.attempt import Declined, State, fix_of
from keck.fixes.plan import Left, Planner
from keck.fixes.project import project_of
from keck.job import Job
from keck.patch import Patch
from keck.trouble import Trouble

if TYPE_CHECKING:
    from keck.fixes.parting import Parted
    from keck.proof import Difference, Proof, Prover

TIMEOUT = 60.0
"""Seconds that an app may take to be booted."""


class How(msgspec.Struct, frozen=True):
    """How an app is booted.

    Args:
        always: whether also what lies within single expressions is proven; None proves nothing at all.
        python: the project's interpreter or environment; looked for if None.
        app: as `flask --app` takes it; looked for if empty.
        timeout: seconds that it may take.
        tests: a command that is run before and after; none if empty.
    """

    always: bool | None = False
    python: str | None = None
    app: str = ""
    timeout: float = TIMEOUT
    tests: str = ""


class Blamed(Declined):
    """Raised where a fix changes what it does not intend to change.

    Args:
        why: as a clause.
        differences: what the proof has shown.
    """

    def __init__(self, why: str, differences: tuple[Difference, ...] = ()) -> None:
        super().__init__(why)
        self.differences = differences


class Settled(msgspec.Struct, frozen=True):
    """A project's plan in the end.

    Args:
        state: what is done.
        left: what could have been done and is not.
        proof: None where there was nothing to prove.
    """

    state: State
    left: tuple[Left, ...]
    proof: Proof | None = None


def settled(planner: Planner, how: How) -> Settled:
    """Return the plan of a project: what needs no proof first, then the rest on top of it, as far as it is proven."""

    def is_plain(finding: Finding) -> bool:
        return how.always is None or not (how.always or fix_of(finding).needs_proof)

    first = planner.run(planner.start, is_plain)
    last = first if how.always is None else planner.run(first, lambda _: True)
    if last is first:
        return Settled(first, tuple(planner.left.values()))
    unproven = [one for one in last.done[len(first.done) :] if not is_plain(one)]

    def refused(why: str, proof: Proof | None = None) -> Settled:
        left = (Left(one, f"{why}; `--no-proof` does it all the same") for one in unproven)
        return Settled(first, (*planner.left.values(), *left), proof)

    try:
        proving = _Proving(planner, how)
    except Trouble as trouble:
        if how.python is not None:
            raise
        return refused(f"it has to be proven, and {trouble}")
    with proving:
        proof = proving.proof(last)
        if proof.state == "not-booted":
            return refused("it has to be proven, and the app does not start as it is", proof)
        if not _is_clean(proof, ()):
            before = proving.proof(first) if first.done else None
            if before is not None and before.state == "broken":
                first, before = planner.start, None
            known = before.unexpected if before else ()
            if not _is_clean(proof, known):
                last = planner.run(first, lambda _: True, lambda state: proving.judge(state, known))
                proof = proving.proof(last)
        return Settled(last, tuple(planner.left.values()), proof if last.done else None)


class _Proving:
    """The proofs of one project; each state is proven once.

    Raises:
        Trouble: there is no interpreter that could boot it.
    """

    def __init__(self, planner: Planner, how: How) -> None:
        self._planner = planner
        self._prover = _prover(planner.job, how)
        self._known: dict[tuple[object, ...], Proof] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._prover.close()

    def proof(self, state: State) -> Proof:
        """Return the proof of a state."""
        intends = sorted({one for finding in state.done for one in fix_of(finding).intends})
        key = (*state.texts.items(), *intends)
        if key not in self._known:
            patch = self._planner.patch(state)
            own = {self._planner.survey.inner(self._planner.job, path): one for path, one in patch.files.items()}
            self._known[key] = self._prover.prove(Patch(own), intends=intends)
        return self._known[key]

    def judge(self, state: State, known: Collection[Difference]) -> None:
        """Raise where a state is not the same app.

        Raises:
            Blamed: it is not.
        """
        proof = self.proof(state)
        if not _is_clean(proof, known):
            fresh = tuple(one for one in proof.unexpected if one not in known)
            why = "the project's tests would not end as they do now" if proof.state == "same" else ""
            raise Blamed(proof.trouble or why or "more of the app would change than is meant", fresh)


def _is_clean(proof: Proof, known: Collection[Difference]) -> bool:
    """Whether a proof shows nothing that is neither intended nor known."""
    if proof.state == "differs" and all(one in known for one in proof.unexpected):
        return proof.tests is None or proof.tests.same
    return proof.holds


def proof_of(made: Parted, how: How) -> Proof:
    """Return the proof of an app that has been taken apart.

    Raises:
        Trouble: there is no interpreter that could boot it.
    """
    with _prover(made.job, how) as prover:
        return prover.prove(made.patch, intends=made.intends, app=made.app)


def _prover(job: Job, how: How) -> Prover:
    from keck.doctor.interpreter import interpreter
    from keck.proof import Prover, candidates

    base = Path(job.base)
    python = interpreter(how.python, base, os.environ)
    names = [] if how.app else candidates(project_of(job))
    return Prover(base, python=python, app=how.app, timeout=how.timeout, tests=how.tests, candidates=names)
