"""One run of the suite: its folder, the processes that were started in it, and those that outlive it.

The folder's path stands in the environment, so that the workers of pytest-xdist and everything that is started share
it, and so that whatever outlives the run can be told by it.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tests.service.servers import procfs

MARK = "KECK_TEST_RUN"
"""The environment variable with the path of the run's folder."""

PORTS = range(20_000, 32_000)
"""Below those that the system gives to clients: a server that is started again finds its port free."""

GRACE = 5.0
"""Seconds in which what was told to end may still do so."""


def begin() -> Path:
    """Make the folder of a run and name it to all that is started from now on."""
    folder = Path(tempfile.mkdtemp(prefix="keck-run-")).resolve()
    folder.chmod(0o711)  # PostgreSQL runs as somebody else where we are root
    os.environ[MARK] = str(folder)
    return folder


def folder() -> Path:
    """Return the folder of this run."""
    return Path(os.environ[MARK])


def new_folder(name: str) -> Path:
    """Return a folder of its own for a server in that of the run."""
    made = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder()))
    made.chmod(0o711)
    return made


def record(name: str, pid: int) -> None:
    """Note that this process was started, with its start time."""
    here = procfs.look(pid)
    line = json.dumps({"name": name, "pid": pid, "started": here.started if here else 0})
    with (folder() / "started.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def started() -> dict[int, tuple[str, int]]:
    """Return the name and the start time of each recorded process by its pid."""
    path = folder() / "started.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {one["pid"]: (one["name"], one["started"]) for one in map(json.loads, lines)}


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on and that is given once in a run."""
    taken = folder() / "ports"
    taken.mkdir(exist_ok=True)
    for port in random.sample(PORTS, k=len(PORTS)):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                continue
        try:
            (taken / str(port)).touch(exist_ok=False)
        except FileExistsError:
            continue
        return port
    raise AssertionError("no port is free")


def survivors(within: float = GRACE) -> list[str]:
    """Return what of this run still runs after so many seconds: pid, name and command of each.

    That is who belongs to the session of a recorded process (children inherit it), was started with the run's mark
    in its environment, has its working directory in the run's folder (processes of PostgreSQL make themselves
    sessions and overwrite their environment) or descends from this process.
    """
    until = time.monotonic() + within
    while (found := _left()) and time.monotonic() < until:
        time.sleep(0.05)
    names = started()
    return [f"{one.pid} {names[one.session][0] if one.session in names else ''} {one.command}" for one in found]


def end(path: Path) -> list[str]:
    """End the run: return what survived it, kill that, remove the folder."""
    found = survivors()
    for one in _left():
        _kill(one.pid)
    shutil.rmtree(path, ignore_errors=True)
    return found


def members(leader: int) -> list[procfs.Running]:
    """Return the processes in the session that the process leads or led."""
    return [one for one in procfs.running() if one.session == leader]


def kill(processes: Iterable[procfs.Running]) -> None:
    """Kill them at once."""
    for one in processes:
        _kill(one.pid)


def _left() -> list[procfs.Running]:
    me, mark, names = os.getpid(), folder(), started()
    mine, spared = procfs.descendants(me), procfs.ancestors(me)
    found = []
    for one in procfs.running():
        if one.pid in spared or (one.parent == me and "multiprocessing.resource_tracker" in one.command):
            continue  # the latter ends with us
        belongs = (
            one.pid in mine
            or _is_of(one, names)
            or procfs.is_in(one.pid, mark)
            or procfs.was_given(one.pid, MARK, str(mark))
        )
        if belongs:
            found.append(one)
    return found


def _is_of(one: procfs.Running, names: dict[int, tuple[str, int]]) -> bool:
    """Whether it belongs to the session of a recorded process, and not to a later one of the same number."""
    if one.session not in names:
        return False
    leader = procfs.look(one.session)
    return leader is None or leader.started == names[one.session][1]


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
