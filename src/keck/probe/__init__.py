"""The probe: what the real app answers, asked in a forked child in which it can do no harm.

The child is a copy of this process: its view bodies are cut (`bodies`), what it shares with its parent is parted
(`inherited`), caches, limits and mail are its own (`isolate`), databases are read-only (`databases`), and what would
leave the process is refused (`airlock`, `fence`). Hooks and decorators of the app do run: that is what is asked about.
"""

# ruff: noqa: ANN401 - objects of the app and its libraries are what they are

from __future__ import annotations

import contextvars
import logging
import os
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from keck.live.record import Probed, Probes, Route
from keck.probe import child, fence
from keck.probe.ask import ask, isolated
from keck.probe.bodies import Mark, Row, cut, find
from keck.probe.databases import ports

__all__ = ["probe"]

NO_FORK = "this system has no fork, and the probe asks a forked copy of the app"
DEATHS = 5
"""How many rows after one another may end their process before the rest is left alone."""


def probe(app: Any, routes: tuple[Route, ...], *, seconds: float = 120.0, each: float = 2.0) -> Probes:
    """Ask an app about its routes; it stays as it was, and so does all that it is connected to.

    Args:
        app: the Flask app.
        routes: as `keck.live.routes.routes` reads them.
        seconds: how long it may take together.
        each: how long one request may take.
    """
    if not hasattr(os, "fork"):
        return Probes(unavailable=NO_FORK)
    begun = time.monotonic()
    rows = find(app, routes)
    asking = _Asking(rows, ports(), [one.why for one in rows], [{} for _ in rows])
    problem = asking.ask(app, begun + seconds, each)
    if problem:
        return Probes(unavailable=f"the copy of the app could not be isolated: {problem}")
    probed = tuple(
        Probed(row.route.rule, row.route.method, row.route.endpoint, why, asked)
        for row, why, asked in zip(rows, asking.skipped, asking.asked, strict=True)
    )
    return Probes(probed, seconds=round(time.monotonic() - begun, 3))


class _Asking:
    """The rows, and how far it came with them, over as many children as it takes."""

    def __init__(
        self,
        rows: list[Row],
        ports: frozenset[int] | None,
        skipped: list[str],
        asked: list[dict[str, dict[str, Any]]],
    ) -> None:
        self.rows = rows
        self.ports = ports
        self.skipped = skipped
        self.asked = asked

    def ask(self, app: Any, until: float, each: float) -> str:
        """Ask every row that can be asked; return what keeps it from asking any."""
        left = [number for number, why in enumerate(self.skipped) if not why]
        deaths = 0
        while left:
            first = left[0]
            number, question, how = self._once(app, left, until, each)
            if number is None:
                return how
            if not how:
                break
            self.asked[number].setdefault(question, {"status": None, "reached": False, "error": how})
            left = [one for one in left if one > number]
            deaths = deaths + 1 if number == first else 1
            late = time.monotonic() >= until
            if late or deaths >= DEATHS:
                why = "the time was up" if late else f"{DEATHS} routes before it each ended the process of the probe"
                for one in left:
                    self.skipped[one] = f"not asked: {why}"
                break
        return ""

    def _once(self, app: Any, left: Sequence[int], until: float, each: float) -> tuple[int | None, str, str]:
        """Ask in one child; return the row and the question at which it ended, and how."""
        number, question, problem = None, "", ""

        def work(say: Callable[[child.Line], None]) -> None:
            contextvars.Context().run(self._work, app, left, each, say)

        for line in child.run(work, until, each + child.GRACE):
            kind, *rest = line
            if kind == "ended":
                return number, question, problem or rest[0]
            if kind == "failed":
                number, problem = None, rest[0]
                continue
            number, question, told = rest
            if told:
                self.asked[told[0]][told[1]] = told[2]
        raise AssertionError("a child has an end")  # pragma: no cover - `run` says so

    def _work(self, app: Any, left: Sequence[int], each: float, say: Callable[[child.Line], None]) -> None:
        """Isolate the app of this process and ask it; runs in the child, without the contexts of its parent."""
        logging.disable(logging.CRITICAL)
        warnings.simplefilter("ignore")
        mark = Mark(app.response_class)
        one = isolated(app, mark, each)
        for row in self.rows:
            if row.body is not None:
                cut(row.body, mark)
        fence.put_up(self.ports)
        one.airlock.close()
        told: list[Any] = []  # the last answer: it is told with the next question, which halves what is said

        def tell(number: int, name: str, answer: dict[str, Any] | None) -> None:
            if answer is None:
                say(["asked", number, name, told])
                told.clear()
            else:
                told.extend((number, name, answer))

        for number in left:
            ask(one, self.rows[number].route, partial(tell, number))
        say(["asked", *told[:2], told])
