"""The servers that the probe must leave alone, and the measuring of what its child runs."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

from keck.probe import child, fence
from keck.probe.airlock import Airlock
from tests.service.servers.postgres import Postgres
from tests.service.servers.redis import Redis
from tests.service.servers.rig import Rig
from tests.service.servers.smtp import Smtp

CONNECT = sqlite3.connect

collect_ignore_glob = ["test_*.py"] if sys.platform == "win32" else []  # there is no fork, which `NO_FORK` says


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the child write its coverage, if that is measured, once all is asked: for that the airlock opens at its end."""
    current = coverage.Coverage.current()
    if current is None:
        return
    import resource  # which Windows lacks

    watch, done = Airlock.watch, [False]

    def watching(airlock: Airlock, event: str, args: tuple[Any, ...]) -> None:
        if not done[0]:
            watch(airlock, event, args)

    def leave() -> None:
        done[0] = True
        most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        vars(sqlite3)["connect"] = vars(sqlite3.dbapi2)["connect"] = CONNECT
        os._exit(0)

    monkeypatch.setattr(Airlock, "watch", watching)
    monkeypatch.setattr(child, "leave", leave)
    folder = Path(current.config.data_file).absolute().parent
    if folder not in tmp_path_factory.getbasetemp().parents:  # what the tests want to stay closed
        monkeypatch.setattr(fence, "WRITABLE", [*fence.WRITABLE, str(folder)])


@pytest.fixture(scope="session")
def servers() -> Iterator[Rig]:
    """Servers of the session."""
    with Rig() as rig:
        yield rig


@pytest.fixture(scope="session")
def postgres(servers: Rig) -> Postgres:
    """A PostgreSQL."""
    return servers.postgres


@pytest.fixture(scope="session")
def redis(servers: Rig) -> Redis:
    """A Redis."""
    return servers.redis


@pytest.fixture(scope="session")
def smtp(servers: Rig) -> Smtp:
    """A mail server."""
    return servers.smtp
