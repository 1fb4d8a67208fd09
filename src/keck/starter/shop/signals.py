"""Signals that are heard, whichever thread of a process the system gives them to.

Python runs the handler of a signal in the main thread, the next time that this does something. Granian's main threads
only wait, without a limit: when another thread gets SIGTERM, they wait on, and the server goes on until it is killed.
So a thread of ours is told of each signal, by whichever thread gets it, and wakes the main thread with another one.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from types import FrameType

_AGAIN_SECONDS = 0.05


class Waker:
    """Wakes the main thread of this process. It is made there."""

    def __init__(self) -> None:
        self._awake = True
        self._main = threading.get_ident()
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)  # a handler must never wait
        signal.signal(signal.SIGUSR2, self._answer)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        threading.Thread(target=self._run, name="signals", daemon=True).start()

    def _answer(self, _: int, __: FrameType | None) -> None:
        self._awake = True

    def _run(self) -> None:
        while True:
            numbers = set(os.read(self._reader, 64)) - {signal.SIGUSR2}
            self._awake = self._awake and not numbers
            while not self._awake:  # once is not enough when the main thread is just about to wait
                signal.pthread_kill(self._main, signal.SIGUSR2)
                time.sleep(_AGAIN_SECONDS)


def hear() -> None:
    """Have signals heard in this process, and in those that are forked from it."""
    if hasattr(os, "register_at_fork"):
        Waker()
        os.register_at_fork(after_in_child=Waker)
