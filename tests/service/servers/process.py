"""A process of ours: started in a session of its own, recorded, its output in a file."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.service.servers import procfs, run

KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
"""What a process is told of our environment. A setting of the developer's own must not reach a service."""


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a process: little of ours, the run's mark, and what is added."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, run.MARK: str(run.folder()), "PYTHONUNBUFFERED": "1", **(more or {})}


def wait_until(true: Callable[[], bool], what: str, within: float = 10.0) -> None:
    """Return once it is true; fail after so many seconds with what was waited for."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, f"not within {within:g} s: {what}"
        time.sleep(0.02)


class Process:
    """One started process.

    Args:
        name: What it is called where it survives, and in its log's name.
        command: The program and its arguments.
        folder: Its working directory, where its log is kept.
        env: What it is told beside `environment()`.
        user: Whose rights it gets, where we are root.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        *,
        env: Mapping[str, str] | None = None,
        user: int | None = None,
    ) -> None:
        self.name = name
        self.log_path = folder / f"{name}.log"
        with self.log_path.open("ab") as log:
            self._popen = subprocess.Popen(
                command,
                cwd=folder,
                env=environment(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
        self.pid = self._popen.pid
        run.record(name, self.pid)

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._popen.poll() is None

    def log(self) -> str:
        """Return what it and its children have printed so far."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def members(self) -> list[procfs.Running]:
        """Return the processes of its session, itself among them, also when it has ended before them."""
        return run.members(self.pid)

    def wait_ready(self, ready: Callable[[], bool], within: float = 30.0) -> None:
        """Return once it is ready; fail with its output where it ends instead, or takes longer."""

        def is_ready() -> bool:
            assert self.runs, f"{self.name} ended with {self._popen.returncode}:\n{self.log()[-4000:]}"
            return ready()

        try:
            wait_until(is_ready, f"{self.name} is ready", within)
        except AssertionError as failure:
            text = self.log()[-4000:]
            self.kill()
            raise AssertionError(f"{failure}\n{text}") from None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._popen.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM, within: float = 20.0) -> int:
        """Tell it to end, wait for it and its children, and return its exit code; fail where one stays."""
        self.send(number)
        try:
            code = self._popen.wait(within)
            wait_until(lambda: not self.members(), f"the children of {self.name} have ended", 5)
        except (subprocess.TimeoutExpired, AssertionError):
            left, text = "\n".join(map(str, self.members())), self.log()[-4000:]
            self.kill()
            raise AssertionError(f"{self.name} did not stop within {within:g} s, but left\n{left}\n{text}") from None
        return code

    def kill(self) -> None:
        """Kill it and its children at once."""
        run.kill(self.members())
        self._popen.wait()
        wait_until(lambda: not self.members(), f"{self.name} is gone")

    def pause(self) -> None:
        """Stop it and its children in their tracks: connections are taken and never answered."""
        for one in self.members():
            os.kill(one.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        for one in self.members():
            os.kill(one.pid, signal.SIGCONT)
