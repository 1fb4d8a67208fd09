"""The server: what it is told, and that it starts and stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from shop.serve import refuse_taken_port
from shop.serve import server
from shop.serve import shared_metrics

from .conftest import SECRET
from .conftest import settings

ROOT = Path(__file__).resolve().parent.parent


def test_settings_reach_the_server() -> None:
    """Address, port, processes and threads are those of the settings."""
    chosen = server(settings(host="127.0.0.2", port=8123, threads=7))
    assert (chosen.bind_addr, chosen.bind_port, chosen.workers, chosen.blocking_threads) == ("127.0.0.2", 8123, 1, 7)


def test_several_processes_count_together() -> None:
    """The metrics of several processes are shared in files; one process needs none."""
    many = settings(workers=2, redis_url="redis://localhost", database_url="postgresql://localhost/goods")
    assert shared_metrics(many, "folder") == {"PROMETHEUS_MULTIPROC_DIR": "folder"}
    assert shared_metrics(settings(), "folder") == {}


def test_a_port_that_is_taken_is_said() -> None:
    """Nobody shares a port with a server that was forgotten: one line, and no server."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"Cannot listen on 127.0.0.1:{port} "):
            refuse_taken_port(settings(port=port))
    refuse_taken_port(settings(port=port))


def test_settings_that_contradict_each_other_do_not_serve() -> None:
    """More than one process without what they would have to share: one line that says so, and no server."""
    done = subprocess.run(command(), cwd=ROOT, env=environment(8000, WORKERS="2"), capture_output=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 1
    assert b"WORKERS > 1 needs" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a process can answer")
def test_serves_until_it_is_told_to_stop(tmp_path: Path, database: Path) -> None:
    """The server answers, and ends with success when it is told to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - ours
            command(), cwd=ROOT, env=environment(port, DATABASE_URL=f"sqlite:///{database}"), stderr=log
        )
    try:
        assert answers(f"http://127.0.0.1:{port}/livez", process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()


def command() -> list[str]:
    """The command that serves."""
    return [sys.executable, "-m", "shop.serve"]


def environment(port: int, **values: str) -> dict[str, str]:
    """The settings of a server, as environment variables."""
    return {**os.environ, "JWT_SECRET_KEY": SECRET, "PORT": str(port), **values}


def answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Whether the server answers before it ends or half a minute is over."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - ours
                return bool(answer.status == 200)
        except OSError:
            if process.poll() is not None:
                return False
            time.sleep(0.1)
    return False
