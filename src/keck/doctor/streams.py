"""Keeping what an app prints out of what the doctor prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

OUT, ERR = 1, 2


@contextmanager
def aside() -> Iterator[None]:
    """Send all that is written to standard output to standard error; afterwards standard output is as it was.

    It is so even where the app has closed it. What still holds on to the stream of that time (a logger
    that the app has set up) goes on writing to standard error.
    """
    stream = sys.stdout
    if stream is not None:
        stream.flush()
    kept = _copy(OUT)
    with suppress(OSError):
        os.dup2(ERR, OUT)
    # not closed at the end: a logger may hold on to it
    sys.stdout = open(ERR, "w", errors="replace", closefd=False, buffering=1)  # noqa: SIM115
    try:
        yield
    finally:
        with suppress(ValueError):  # closed by the app
            sys.stdout.flush()
        sys.stdout = stream
        if kept is not None:
            os.dup2(kept, OUT)
            os.close(kept)


def _copy(number: int) -> int | None:
    try:
        return os.dup(number)
    except OSError:  # there is none
        return None
