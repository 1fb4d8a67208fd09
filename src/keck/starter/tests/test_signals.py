"""Signals reach the main thread."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shop.signals import hear

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = """
import os, signal, sys, threading, time
from shop.signals import hear

hear()
if sys.argv[1] == "child" and os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
heard = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: heard.set())
other = threading.Timer(60, print)
other.daemon = True
other.start()
threading.Timer(0.2, signal.pthread_kill, (other.ident, signal.SIGTERM)).start()
heard.wait()  # without a limit, as Granian does
time.sleep(0.2)
sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to threads")
@pytest.mark.parametrize("which", ["itself", "child"])
def test_signal_to_another_thread_is_heard(which: str) -> None:
    """A main thread that waits runs the handler of a signal that another thread got, in a forked process too."""
    command = [sys.executable, "-c", PROGRAM, which]
    done = subprocess.run(command, cwd=ROOT, timeout=20, check=False)  # noqa: S603 - a command of our own
    assert done.returncode == 7


def test_nothing_is_done_where_no_process_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has neither forks nor the signals that this is about."""
    monkeypatch.delattr(os, "register_at_fork", raising=False)
    hear()
    assert "signals" not in [thread.name for thread in threading.enumerate()]
