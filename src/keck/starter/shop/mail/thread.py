"""The delivery thread: mail is delivered by the server itself, one thread in each of its processes."""

from __future__ import annotations

import threading
import time

import structlog
from flask import Flask

from ..config import settings_of
from .delivery import deliver

PAUSE_SECONDS = 0.1
"""How long the answer that goes with a mail has to get out first: its time must not tell whether there is one to send."""

log = structlog.get_logger()


class DeliveryThread:
    """Delivers when it is woken, and looks at intervals for what is left over.

    It starts with the first request that a process answers. So it runs in the processes that serve, however the server
    makes them, and neither in the one that supervises them nor under `flask` commands. When the process ends, the mail
    that is being sent is finished, and the process waits for that.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._woken = threading.Event()
        self._starting = threading.Lock()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start it in this process, unless it runs there."""
        if self.runs:
            return
        with self._starting:
            if not self.runs and not self._stopping:
                self._thread = threading.Thread(target=self._run, name="mail", daemon=False)
                self._thread.start()

    @property
    def runs(self) -> bool:
        """Whether it runs in this process. A fork has no threads but the one that forked."""
        return self._thread is not None and self._thread.is_alive()

    def wake(self) -> None:
        """Have it look for mail at once, if it runs."""
        self._woken.set()

    def stop(self) -> None:
        """Have it end for good, after the mail that is being sent, and wait for that."""
        self._stopping = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._is_over():
            self._woken.clear()
            try:
                with self._app.app_context():
                    more = deliver(is_over=self._is_over).more
            except Exception:
                log.exception("mail delivery failed")  # a database that is away comes back: the thread has to be there
                more = False
            if not more:
                self._wait(settings_of(self._app).mail_poll_seconds)

    def _wait(self, seconds: float) -> None:
        """Wait until woken; look every second whether the process is about to end."""
        until = time.monotonic() + seconds
        while not self._is_over() and (left := until - time.monotonic()) > 0:
            if self._woken.wait(min(left, 1)):
                time.sleep(PAUSE_SECONDS)
                return

    def _is_over(self) -> bool:
        return self._stopping or not threading.main_thread().is_alive()
