"""A repair: from paths to a patch, over all projects that lie below them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from keck.finding import Finding
from keck.fixes.attempt import fix_of
from keck.fixes.plan import Ask, Left, Planner, patch_of
from keck.fixes.proving import TIMEOUT, How, settled
from keck.fixes.survey import Survey
from keck.patch import Change, Patch
from keck.settings import Settings

if TYPE_CHECKING:
    from keck.proof import Proof
    from keck.verdicts import Progress

PLAIN = (
    "What differs and is not meant to comes of safe fixes within single expressions, which need no proof: "
    "look at it, or have `--proof` undo them."
)
UNPROVEN = "Nothing of this is proven, as `--no-proof` has it: start the app and run its tests."
__all__ = ["Left", "Proven", "Repair", "fix"]


class Proven(msgspec.Struct, frozen=True):
    """The proof of one project, whose directory is relative to the root; ``.`` is the root itself."""

    base: str
    proof: Proof


class Repair(msgspec.Struct, frozen=True):
    """What is to be changed, and what is not.

    Args:
        root: absolute path with ``/``, what paths are relative to.
        patch: all that changes; nothing is written yet.
        done: the findings that are repaired by it, each with its fix.
        left: those that could have been and are not.
        unsafe: those that only unsafe fixes would repair, where these were not asked for.
        proofs: one for each project in which something had to be proven.
        says: what somebody who reads the patch should know.
        notices: one-line remarks.
        complete: whether every rule has said what it has to say; false after a fault of Keck itself.
    """

    root: str
    patch: Patch
    done: tuple[Finding, ...] = ()
    left: tuple[Left, ...] = ()
    unsafe: tuple[Finding, ...] = ()
    proofs: tuple[Proven, ...] = ()
    says: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    complete: bool = True

    def write(self) -> None:
        """Write the patch: all of its files, or none.

        Raises:
            Trouble: one of them cannot be written, or has been changed meanwhile; nothing has changed.
        """
        from keck.fixes.writing import write

        write(Path(self.root), self.patch)


def fix(
    paths: Sequence[Path],
    settings: Settings,
    *,
    unsafe: bool = False,
    proof: bool | None = None,
    python: str | None = None,
    app: str = "",
    timeout: float = TIMEOUT,
    tests: str = "",
    ask: Ask | None = None,
    ready: Callable[[], None] = lambda: None,
    progress: Progress | None = None,
) -> Repair:
    """Return how what the rules find below the paths is repaired; nothing is written.

    Fixes that touch the same places are done one after another. The result of each is checked again: a
    safe one that brings a new finding is not done. What changes more than single expressions is proven: the app
    is booted before and after, and compared.

    Args:
        paths: files and directories that exist.
        settings: which findings to repair, and what to leave out.
        unsafe: whether also what changes more than what is broken is done.
        proof: true proves every fix, false none, None those that need it.
        python: the project's interpreter or environment; looked for if None.
        app: the app as `flask --app` takes it; looked for if empty.
        timeout: seconds that the app may take to be booted.
        tests: a command that is run before and after; with one, every fix is proven.
        ask: asked for each fix, with what it changes; None does all.
        ready: called once when it is known that there is something to repair, before the first fix is tried; may raise.
        progress: called with how many files are done, and how many there are.

    Raises:
        Trouble: a setting is wrong, or a file that was named cannot be read.
    """
    always = None if proof is False else bool(proof or tests)
    how = How(always=always, python=python, app=app, timeout=timeout, tests=tests)
    with Survey(paths, settings) as survey:
        looks = survey.first(progress)
        files: dict[str, Change] = {}
        done: list[Finding] = []
        left: list[Left] = []
        offered: list[Finding] = []
        proofs: list[Proven] = []
        says: list[str] = []
        planners = [
            Planner(survey, job, look, unsafe=unsafe, ask=ask) for job, look in zip(survey.jobs, looks, strict=True)
        ]
        if any(fix_of(found).safe or unsafe for one in planners for found in one.candidates(one.start)):
            ready()
        for planner in planners:
            plan = settled(planner, how)
            files |= patch_of(survey, plan.state).files
            done += plan.state.done
            left += plan.left
            if not unsafe:
                offered += [one for one in planner.candidates(plan.state) if not fix_of(one).safe]
            if plan.proof is not None:
                proofs.append(Proven(survey.outer(planner.job, "."), plan.proof))
    if any(not one.proof.holds and one.proof.state == "differs" for one in proofs):
        says.append(PLAIN)
    if proof is False and any(fix_of(one).needs_proof for one in done):
        says.append(UNPROVEN)
    return Repair(
        survey.root.as_posix(),
        Patch(files),
        tuple(done),
        tuple(left),
        tuple(offered),
        tuple(proofs),
        tuple(says),
        tuple(dict.fromkeys((*survey.notices, *(fault for look in looks for fault in look.faults)))),
        not any(look.faults for look in looks),
    )


def take_apart(
    paths: Sequence[Path],
    settings: Settings,
    file: Path | None = None,
    *,
    blueprints: bool = False,
    proof: bool | None = None,
    python: str | None = None,
    app: str = "",
    timeout: float = TIMEOUT,
    tests: str = "",
) -> Repair:
    """Return how an app that is made at module level gets a factory; nothing is written.

    It is proven: the patch is empty, and `Repair.says` has why, where it would not be the same app.

    Args:
        paths: files and directories that exist.
        settings: what to leave out.
        file: where the app is made; None for the only one below the paths.
        blueprints: whether to group its views into blueprints too.
        proof: false proves nothing.
        python: the project's interpreter or environment; looked for if None.
        app: the app before, as `flask --app` takes it; looked for if empty.
        timeout: seconds that the app may take to be booted.
        tests: a command that is run before and after.

    Raises:
        Refused: it cannot be done safely.
        Trouble: there is no such app, or there are several; or there is no interpreter that boots it.
    """
    from keck.fixes.parting import parted
    from keck.fixes.proving import proof_of

    with Survey(paths, settings) as survey:
        made = parted(survey, file, blueprints=blueprints)
        how = How(python=python, app=app, timeout=timeout, tests=tests)
        found = None if proof is False else proof_of(made, how)
        prefix = survey.outer(made.job, ".")
        files = made.patch.files if found is None or found.holds else {}
        patch = Patch({path if prefix == "." else f"{prefix}/{path}": one for path, one in files.items()})
        proofs = () if found is None else (Proven(prefix, found),)
        says = (*made.says, *(() if found else (UNPROVEN,)))
        return Repair(survey.root.as_posix(), patch, proofs=proofs, says=says, notices=survey.notices)
