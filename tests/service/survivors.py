"""A pytest plugin: no process that the suite started survives it. A run with survivors fails and names them."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import FrameType

import pytest

from tests.service.servers import run

RUN = pytest.StashKey[Path]()
SURVIVED = pytest.StashKey[list[str]]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin a run; the workers of pytest-xdist take part in that of the process that started them."""
    if not hasattr(config, "workerinput"):
        config.stash[RUN] = run.begin()
        end_on_request()


def end_on_request() -> None:
    """Let SIGTERM interrupt the run, as Ctrl-C does: at once dead, it would leave what it started."""
    me = os.getpid()

    def interrupt(number: int, frame: FrameType | None) -> None:
        _ = frame
        if os.getpid() == me:
            raise KeyboardInterrupt
        signal.signal(number, signal.SIG_DFL)  # a forked process has the handler too
        os.kill(os.getpid(), number)

    signal.signal(signal.SIGTERM, interrupt)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look for survivors, once the fixtures are torn down and the workers of pytest-xdist have ended."""
    folder = session.config.stash.get(RUN, None)
    if folder is None:
        return
    survived = session.config.stash[SURVIVED] = run.end(folder)
    if survived:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the survivors."""
    survived = config.stash.get(SURVIVED, [])
    if survived:
        terminalreporter.section("processes that survived the suite", red=True)
        for one in survived:
            terminalreporter.write_line(one)
