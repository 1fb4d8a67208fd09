"""What a proof says: plain data."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["same", "differs", "not-booted", "broken"]


class Difference(msgspec.Struct, frozen=True):
    """What one path of the snapshot was before and is after, as JSON text; None where it is not there."""

    path: str
    before: str | None
    after: str | None


class Boot(msgspec.Struct, frozen=True):
    """One state of the app, as it was booted.

    Attributes:
        snapshot: what it is, JSON text by path; empty where it did not boot.
        trouble: why it did not boot, one sentence.
        unstable: the paths whose values change from boot to boot.
        app: by which name it was booted; empty for what Flask finds by itself.
        base: the folder of the tree that it was booted in.
        seconds: how long it took.
        boots: how many times it was booted for this.
    """

    snapshot: dict[str, str] = {}
    trouble: str = ""
    unstable: tuple[str, ...] = ()
    app: str = ""
    base: str = ""
    seconds: float = 0.0
    boots: int = 0


class Suite(msgspec.Struct, frozen=True):
    """One run of the project's tests.

    Attributes:
        code: the exit code; None where it did not end in time.
        counts: what the last lines say of pytest or unittest: ``passed`` 12, ``failed`` 1 ...; empty where unknown.
        last: the last line that it printed.
        seconds: how long it took.
    """

    code: int | None
    counts: dict[str, int] = {}
    last: str = ""
    seconds: float = 0.0


class TestRun(msgspec.Struct, frozen=True):
    """The project's tests before and after."""

    __test__ = False

    command: str
    before: Suite
    after: Suite | None = None

    @property
    def same(self) -> bool:
        """Whether they end alike; tests that fail before may fail after, and as many of them."""
        after = self.after
        return after is not None and (self.before.code, self.before.counts) == (after.code, after.counts)


class Proof(msgspec.Struct, frozen=True):
    """What the patch made of the app.

    Attributes:
        state: ``same`` where nothing differs but what is intended; ``differs``; ``not-booted`` where the app does
            not boot before the patch, ``broken`` where it does not boot any more after it.
        intended: what differs as it is meant to.
        unexpected: what else differs.
        trouble: one sentence for ``not-booted`` and ``broken``.
        counts: how many of each kind were compared: ``rules`` 23, ``config`` 41.
        tests: the project's own, where they were asked for.
        unstable: paths that change from boot to boot and were set aside.
        app: by which name it was booted; empty for what Flask finds by itself.
        seconds: how long all boots took.
        boots: how many there were.
    """

    state: State
    intended: tuple[Difference, ...] = ()
    unexpected: tuple[Difference, ...] = ()
    trouble: str = ""
    counts: dict[str, int] = {}
    tests: TestRun | None = None
    unstable: tuple[str, ...] = ()
    app: str = ""
    seconds: float = 0.0
    boots: int = 0

    @property
    def holds(self) -> bool:
        """Whether the patch may stay: the app is the same, and so is what its tests say."""
        return self.state == "same" and (self.tests is None or self.tests.same)
