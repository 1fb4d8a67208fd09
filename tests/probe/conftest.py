"""The servers that the probe must leave alone, and the measuring of what its child runs."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

import coverage
import pytest

from keck.probe import child, fence
from keck.probe.airlock import Airlock

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
