"""A forked child that does something and tells of it line by line, until it is done or ends otherwise."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from keck.probe import inherited

Line = list[Any]
GRACE = 1.0
"""Seconds beyond its own in which the child may still end a request itself."""


def run(work: Callable[[Callable[[Line], None]], None], until: float, patience: float) -> Iterator[Line]:
    """Run work in a fork of this process and yield what it says.

    The last line is ``["ended", how]``: `how` is empty where the work came to its end.

    Args:
        work: is given the function by which it says a line of JSON data.
        until: when it is to be killed, as `time.monotonic()` tells time.
        patience: for how many seconds it may say nothing.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # of threads: the child runs none of them, and hangs alone where one held a lock
        pid = os.fork()
    if pid == 0:
        _child(work, writing)
    os.close(writing)
    how = "it ended the process"
    try:
        for line in _lines(reading, until, patience):
            if line[0] == "done":
                how = ""
            elif line[0] == "late":
                how = str(line[1])
            else:
                yield line
    finally:
        os.close(reading)
        status = _end(pid)
    if how == "it ended the process" and os.WIFEXITED(status):
        how += f" with exit code {os.WEXITSTATUS(status)}"
    yield ["ended", how]


def leave() -> None:
    """End this process without any of what a program does at its end."""
    os._exit(0)


def _child(work: Callable[[Callable[[Line], None]], None], writing: int) -> None:
    def say(line: Line) -> None:
        os.write(writing, json.dumps(line).encode() + b"\n")

    try:
        inherited.part(writing)
        work(say)
        say(["done"])
    except BaseException as error:  # noqa: BLE001 - nothing of the child may run on as the parent
        with contextlib.suppress(BaseException):
            say(["failed", f"{type(error).__name__}: {error}"])
    leave()


def _lines(reading: int, until: float, patience: float) -> Iterator[Line]:
    """Yield the lines of a pipe as they come; ``["late", how]`` where none came in time."""
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    rest = b""
    while True:
        wait = min(patience, until - time.monotonic())
        if wait <= 0 or not poll.poll(wait * 1000):
            up = wait < patience
            yield ["late", "the time was up" if up else f"it was killed, since it did not end within {patience:g} s"]
            return
        got = os.read(reading, 65536)
        if not got:
            return
        *lines, rest = (rest + got).split(b"\n")
        for line in lines:
            yield json.loads(line)


def _end(pid: int) -> int:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):  # an app that ignores SIGCHLD has none to wait for
        return os.waitpid(pid, 0)[1]
    return 0
