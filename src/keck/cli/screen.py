"""What the terminal can do, and how output gets there whole."""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
import time
from typing import TextIO

import click

from keck.trouble import Trouble

NARROWEST = 20
PATIENCE = 1.0
"""Seconds before progress is shown."""
PAUSE = 0.1
"""Seconds between two looks at the progress."""


def prepare() -> None:
    """Make the standard streams replace what their encoding lacks, instead of failing on it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def has_colour(stream: TextIO) -> bool:
    """Whether to paint: NO_COLOR and FORCE_COLOR decide, else whether the stream is a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") != "0":
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width_of(stream: TextIO) -> int | None:
    """Return the columns of the terminal that a stream writes to; None if it is none."""
    return max(shutil.get_terminal_size().columns, NARROWEST) if stream.isatty() else None


def emit(text: str) -> None:
    """Write to standard output; when its reader has gone (``| head``), stop without a word.

    Raises:
        Trouble: it can't be written for another reason, such as a full disk.
    """
    try:
        click.echo(text, nl=False, color=has_colour(sys.stdout))
        sys.stdout.flush()
    except OSError as error:
        # what is still buffered would fail again when the interpreter closes the stream
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno not in {errno.EPIPE, errno.EINVAL}:  # Windows says EINVAL for a closed pipe
            raise Trouble(f"the report could not be written: {error.strerror}") from error


class Progress:
    """One line on a terminal's standard error that says how far a check is; wiped at the end.

    Nothing is shown within the first second, nor where standard error is no terminal.
    """

    def __init__(self, stream: TextIO, patience: float = PATIENCE) -> None:
        self._stream = stream
        self._next = time.monotonic() + patience if self._stream.isatty() else float("inf")
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        """Tell that `done` of `total` files have been read."""
        if time.monotonic() >= self._next:
            self._write(f"keck: {done} of {total} files")
            self._next = time.monotonic() + PAUSE

    def wipe(self) -> None:
        """Remove the line, if there is one."""
        if self._width:
            self._write("")
            self._stream.write("\r")
            self._stream.flush()

    def _write(self, text: str) -> None:
        self._stream.write("\r" + text.ljust(self._width))
        self._stream.flush()
        self._width = len(text)
