"""Ports on which nobody is, or somebody who does not talk; apps on the suite's servers."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.servers import run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs servers off Linux; keep those tests on the worker of pytest-xdist that has them."""
    for item in items:
        names = {"postgres", "redis", "smtp", "rig"} & set(getattr(item, "fixturenames", ()))
        if Path(__file__).parent in item.path.parents and names:
            if sys.platform != "linux":
                item.add_marker(pytest.mark.skip("the servers of the suite are started on Linux only"))
            item.add_marker(pytest.mark.xdist_group("full"))


@pytest.fixture
def dead() -> int:
    """A port that nobody listens on."""
    return run.free_port()


@pytest.fixture
def mute() -> Iterator[int]:
    """A port on which connections are taken and never answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listening:
        yield int(listening.getsockname()[1])
