"""Load on a server of 127.0.0.1: wrk for as long as is said, and the CPU time that the server's processes took."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.service.servers import procfs
from tests.service.servers.client import Client

TICK = os.sysconf("SC_CLK_TCK")
SCRIPT = Path(__file__).with_name("load.lua")


class Failed(Exception):  # noqa: N818 - what happened to the load, not to us
    """The load did not do what it should: the message says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, again and again."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)
    bodies: tuple[str, ...] = ()
    """What is posted, one after the other; a GET without any."""
    at_most: int = 1_000
    """Requests of this kind that are sensibly under way at a time."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one run."""

    rate: float
    """Requests a second."""
    cpu: float
    """Microseconds of CPU time a request, user and system, of all processes of the server."""
    slowest: float
    """Milliseconds in which 99 of 100 requests were answered."""


def send(client: Client, request: Request) -> bytes:
    """Send a request once, and return what is answered.

    Raises:
        Failed: the answer is no success.
    """
    if request.bodies:
        headers = {**request.headers, "Content-Type": "application/json"}
        answer = client.post(request.path, data=request.bodies[0], headers=headers)
    else:
        answer = client.get(request.path, headers=request.headers)
    if not answer.ok:
        raise Failed(f"{request.path}: {answer.status_code} {answer.text[:500]}")
    return answer.content


def cpu_seconds(leader: int) -> float:
    """CPU time that the process and its descendants have taken, those that ended among them."""
    ticks = 0
    for pid in {leader, *procfs.descendants(leader)}:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        ticks += sum(int(word) for word in stat.rpartition(")")[2].split()[11:15])
    return ticks / TICK


def load(url: str, pid: int, request: Request, *, seconds: float, connections: int) -> Measured:
    """Send a request over and over, and measure what the server makes of it.

    Args:
        url: The server's address.
        pid: Its first process.
        request: What is sent.
        seconds: How long; rounded up to whole seconds.
        connections: How many requests are under way at a time.

    Raises:
        Failed: wrk is not installed, or an answer was no success.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise Failed("wrk is not installed: apt-get install wrk")
    whole = max(1, round(seconds))
    command = [
        wrk,
        "-t1",
        f"-c{min(connections, request.at_most)}",
        f"-d{whole}s",
        "--timeout",
        "10s",
        "-s",
        str(SCRIPT),
        url + request.path,
    ]
    told = {
        "LOAD_BODIES": "\n".join(request.bodies),
        "LOAD_HEADERS": "\n".join(f"{k}: {v}" for k, v in request.headers.items()),
    }
    before = cpu_seconds(pid)
    done = subprocess.run(
        command, env={**os.environ, **told}, capture_output=True, encoding="utf-8", timeout=whole + 30, check=False
    )
    took = cpu_seconds(pid) - before
    try:
        told_back = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        raise Failed(f"wrk said: {done.stdout[-500:]}{done.stderr[-500:]}") from None
    if told_back["wrong"] or not told_back["requests"]:
        raise Failed(f"{request.path}: {told_back['wrong']} of {told_back['requests']} requests failed")
    return Measured(
        rate=told_back["requests"] / (told_back["microseconds"] / 1e6),
        cpu=took * 1e6 / told_back["requests"],
        slowest=told_back["p99"] / 1e3,
    )
