"""The prover: the app before a patch, and after it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

from keck.proof.booting import Place
from keck.proof.compare import counts, differences, divided, unstable
from keck.proof.outcome import Boot, Proof, Suite, TestRun
from keck.proof.suite import run
from keck.proof.tree import Tree
from keck.trouble import Trouble

if TYPE_CHECKING:
    from types import TracebackType

    from keck.patch import Patch

_NOWHERE = ("there is no wsgi.py", "there is no app.py", "holds no Flask app")
SUITE_TIME = 600.0
"""Seconds that the project's tests may take."""


class Prover:
    """Boots the app of a project as it is, and as patches make it.

    Everything happens in one temporary copy of the tree, which goes with the prover.

    Args:
        root: the tree that the paths of patches are relative to.
        python: the project's interpreter; None for the one that is found as for the doctor.
        app: as `flask --app` takes it; empty for what Flask finds by itself, and then for `candidates`.
        timeout: seconds that one boot may take.
        tests: the command that runs the project's tests; empty for none.
        base: the directory within the tree that Flask is started in.
        candidates: what the app may be called, the likeliest first, as `keck.proof.candidates` has them: with a folder
            before the last ``/`` that Flask is started in.
        suite_time: seconds that the tests may take.

    Raises:
        Trouble: there is no interpreter, or the tree cannot be copied.
    """

    def __init__(
        self,
        root: Path,
        *,
        python: Path | None,
        app: str = "",
        timeout: float = 60.0,
        tests: str = "",
        base: str = "",
        candidates: Sequence[str] = (),
        suite_time: float = SUITE_TIME,
    ) -> None:
        from keck.doctor.interpreter import interpreter

        self.app = app
        self.base = base
        self.tests = tests
        self.candidates = tuple(candidates)
        self._suite_time = suite_time
        python = interpreter(None, (root / base).absolute(), os.environ) if python is None else python
        python = Path(os.path.abspath(python))  # noqa: PTH100 - a link into an environment has to stay one
        self._held = tempfile.TemporaryDirectory(prefix="keck-proof-", ignore_cleanup_errors=True)
        folder = Path(self._held.name)
        try:
            self._tree = Tree(root, folder)
        except OSError as error:
            self._held.cleanup()
            raise Trouble(f"{root} cannot be copied to be booted: {error.strerror}") from error
        self._place = Place(self._tree, folder, python=python, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the copy."""
        self._held.cleanup()

    @cached_property
    def before(self) -> Boot:
        """The app as it is, booted twice, so that what changes by itself is known."""
        first = self._first()
        if first.trouble:
            return first
        second = self._place.boot(first.app, first.base)
        if second.trouble:
            return msgspec.structs.replace(second, trouble=f"it boots once and not again: {second.trouble}", boots=2)
        return msgspec.structs.replace(
            first, unstable=unstable(first.snapshot, second.snapshot), seconds=first.seconds + second.seconds, boots=2
        )

    def _first(self) -> Boot:
        """Boot the app by the first name that it answers to."""
        if self.app:
            return self._place.boot(self.app, self.base)
        found = [self._place.boot("", self.base)]
        for one in self.candidates if found[0].trouble else ():
            folder, _, name = one.rpartition("/")
            found.append(self._place.boot(name, "/".join(filter(None, (self.base, folder)))))
            if not found[-1].trouble:
                return found[-1]
        own = found[0]
        return found[1] if len(found) > 1 and any(one in own.trouble for one in _NOWHERE) else own

    @cached_property
    def tests_before(self) -> Suite:
        """The project's tests as it is."""
        return self._suite()

    def prove(self, patch: Patch, *, intends: Sequence[str] = (), app: str = "") -> Proof:
        """Return what a patch makes of the app.

        Args:
            patch: is applied to the copy, and taken back.
            intends: patterns of the paths that may differ.
            app: what the app is called after the patch, if that is something else; in the folder that it was booted in.
        """
        before = self.before
        if before.trouble:
            return Proof("not-booted", trouble=before.trouble, seconds=before.seconds, boots=before.boots)
        contents = {path: change.after for path, change in patch.files.items()}
        name = app.removeprefix(f"{before.base}/") or before.app
        after = self._patched(contents, name)
        seconds, boots = before.seconds + after.seconds, before.boots + after.boots
        if after.trouble:
            return Proof("broken", trouble=after.trouble, app=name, seconds=seconds, boots=boots)
        aside = set(before.unstable)
        intended, unexpected = divided(differences(before.snapshot, after.snapshot, aside), intends)
        if unexpected:
            again = self._patched(contents, name)
            seconds, boots = seconds + again.seconds, boots + again.boots
            aside |= set(unstable(after.snapshot, again.snapshot)) if not again.trouble else set()
            intended, unexpected = divided(differences(before.snapshot, after.snapshot, aside), intends)
        return Proof(
            "differs" if unexpected else "same",
            intended,
            unexpected,
            counts=counts(before.snapshot),
            tests=self._tested(contents),
            unstable=tuple(sorted(aside)),
            app=name,
            seconds=round(seconds, 3),
            boots=boots,
        )

    def _patched(self, contents: dict[str, bytes | None], app: str) -> Boot:
        try:
            self._tree.apply(contents)
            return self._place.boot(app, self.before.base)
        finally:
            self._tree.restore()

    def _tested(self, contents: dict[str, bytes | None]) -> TestRun | None:
        if not self.tests:
            return None
        before = self.tests_before
        self._tree.apply(contents)
        return TestRun(self.tests, before, self._suite())

    def _suite(self) -> Suite:
        try:
            return run(self.tests, self._place, self.base, self._suite_time)
        finally:
            self._tree.restore()
