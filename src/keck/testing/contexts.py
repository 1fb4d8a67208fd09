"""Clients that ask inside an open app context: their request shares its `g` and its database session.

A test then sees what the view has not committed, and who was logged in before. Flask up to 3.1 runs a request in the app
context that is open; from 3.2 on each request has one of its own, and there is nothing to see.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

SHOWN = 10
"""How many tests the summary names; with ``-v`` all of them."""

ADVICE = (
    "A request inside `with app.app_context()` shares its `g` and its database session with the test: what the view "
    "did not commit is seen, and who was logged in is remembered. Close the context before the request, and open "
    "another one to look at what the request has done."
)
PYTEST_FLASK = "Here pytest-flask keeps a request context open for each test that uses its `app` fixture."


class Watch:
    """Hears of each request, and remembers those that ran in a context that was open.

    Args:
        testing: asked at each of them whether a test is running.
    """

    def __init__(self, testing: Callable[[], bool]) -> None:
        self._testing = testing
        self._seen: list[str] = []
        self._signals: list[Any] = []

    def attach(self, module: ModuleType) -> None:
        """Listen to the requests of every app."""
        signal: Any = getattr(module, "request_started", None)
        if type(signal).__module__.partition(".")[0] == "blinker":
            signal.connect(self._started, weak=False)
            self._signals.append(signal)

    def detach(self) -> None:
        """Listen no more."""
        while self._signals:
            self._signals.pop().disconnect(self._started)

    def take(self) -> str:
        """Return the first request inside an open context since last asked, ``GET /items``; empty if none was."""
        seen, self._seen = self._seen, []
        return seen[0] if seen else ""

    def _started(self, sender: object, **kwargs: object) -> None:
        _ = sender, kwargs
        if self._testing() and not _in_command():
            context = _request_context()
            if context is not None and reuses(context):
                self._seen.append(f"{context.request.method} {context.request.path}")


def reuses(context: object) -> bool:
    """Whether a request context runs in an app context that was open before it.

    Flask 2.2 to 3.1 note the app context that they had to open beside the token of the request's.
    """
    tokens: object = vars(context).get("_cv_tokens")
    if not isinstance(tokens, list) or not tokens or not isinstance(tokens[-1], tuple):
        return False
    return bool(tokens[-1][-1] is None)


def _request_context() -> Any:  # noqa: ANN401 - a class that Flask 3.2 no longer has
    current = getattr(sys.modules.get("flask.globals"), "_cv_request", None)
    return None if current is None else current.get(None)


def _in_command() -> bool:
    """Whether a command of click is running: its requests are no client's of the test."""
    import click

    return click.get_current_context(silent=True) is not None


def summary(tests: dict[str, str], *, every: bool, pytest_flask: bool) -> list[str]:
    """Return the lines of the terminal's section.

    Args:
        tests: the first such request of each test, by the test's id.
        every: whether to name every test.
        pytest_flask: whether that plugin is at work.
    """
    named = list(tests.items()) if every else list(tests.items())[:SHOWN]
    lines = [f"{test}: {request}" for test, request in named]
    if len(tests) > len(named):
        lines.append(f"... and {len(tests) - len(named)} more; -v names them all")
    return [*lines, ADVICE, *([PYTEST_FLASK] if pytest_flask else [])]
