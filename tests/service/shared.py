"""A pytest plugin: real servers for the tests that want some, each started when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.service.servers.postgres import Postgres
    from tests.service.servers.redis import Redis
    from tests.service.servers.rig import Rig
    from tests.service.servers.smtp import Smtp


@pytest.fixture(scope="session")
def servers() -> Iterator[Rig]:
    """What the session shares: servers that no test may leave broken."""
    from tests.service.servers.rig import Rig

    with Rig() as rig:
        yield rig


@pytest.fixture
def rig(servers: Rig) -> Iterator[Rig]:
    """Starts servers and services for one test; without more being said they rest on the session's servers."""
    from tests.service.servers.rig import Rig

    with Rig(servers) as made:
        yield made


@pytest.fixture(scope="session")
def postgres(servers: Rig) -> Postgres:
    """The session's PostgreSQL."""
    return servers.postgres


@pytest.fixture(scope="session")
def redis(servers: Rig) -> Redis:
    """The session's Redis."""
    return servers.redis


@pytest.fixture(scope="session")
def smtp(servers: Rig) -> Smtp:
    """The session's mail server."""
    return servers.smtp
