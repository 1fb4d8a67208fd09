"""Ctrl-C and the other ways to be stopped: they undo what has begun, and never cut it in half."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any, Self

_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Interrupts:
    """While it is entered, the first signal to stop raises in the main thread, and the later ones do nothing.

    What is raised is KeyboardInterrupt for Ctrl-C and SystemExit for the others, which do not stop
    Python in a way that lets it clean up if nobody sees to it::

        with Interrupts() as interrupts:
            prepare()
            interrupts.ignore()
            finish()
    """

    def __init__(self) -> None:
        self._over = False
        self._former: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for name in _STOPPING:
            number = getattr(signal, name, None)
            # one that is ignored, as under nohup, stays so
            if number is not None and signal.getsignal(number) not in {signal.SIG_IGN, None}:
                self._former[number] = signal.signal(number, self._stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)

    def ignore(self) -> None:
        """Let nothing stop what comes now."""
        self._over = True

    def _stop(self, number: int, _: FrameType | None) -> None:
        if self._over:
            return
        self._over = True
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)
