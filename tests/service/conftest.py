"""The services that the tests of the service use; the servers below them are in `shared`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

GROUPS = {"full": "full", "postgres": "full", "redis": "full", "smtp": "full", "rig": "full", "embedded": "embedded"}
"""Which worker of pytest-xdist a test belongs to, by the fixtures it uses."""

QUICK = {"test_backends", "test_run", "test_service_page"}
"""The modules of this folder that the short run asks; what the others do to the service takes minutes."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests with the same servers on one worker, unless they say `xdist_group` themselves; skip them off Linux."""
    for item in items:
        if Path(__file__).parent == item.path.parent and item.path.stem not in QUICK:
            item.add_marker(pytest.mark.long)
        if sys.platform != "linux" and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip("the servers of the service's tests are started on Linux only"))
        names = [*getattr(item, "fixturenames", ())]
        callspec = getattr(item, "callspec", None)
        if callspec is not None:
            names.append(callspec.params.get("backend"))
        groups = {GROUPS[name] for name in names if name in GROUPS}
        if groups and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("full" if "full" in groups else groups.pop()))


@pytest.fixture(scope="session")
def embedded(servers: Rig) -> Service:
    """The session's service on nothing but Python, its limits lifted."""
    return servers.embedded()


@pytest.fixture(scope="session")
def full(servers: Rig) -> Service:
    """The session's service on PostgreSQL, Redis, SMTP, two processes and a Celery worker, its limits lifted."""
    return servers.full()


@pytest.fixture(scope="session", params=["embedded", "full"])
def backend(request: pytest.FixtureRequest) -> Service:
    """The session's service, once embedded and once full."""
    found = request.getfixturevalue(str(request.param))
    assert isinstance(found, Service)
    return found
