"""Round trips a request: the service and its equal once more, with proxies in front of PostgreSQL and Redis."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from peers.load import Request, send
from peers.proxy import Proxy
from peers.sides import Field, Side
from tests.service.servers.client import Client
from tests.service.servers.rig import Rig

TIMES = 41
"""The median of so many requests leaves out what opening a connection costs."""


@dataclass(frozen=True, slots=True)
class Trips:
    """Round trips that one request takes."""

    postgres: float
    redis: float


def counted(rig: Rig, field: Field, tasks: Sequence[str]) -> dict[tuple[str, str], Trips]:
    """The round trips by side and task."""
    found = {}
    with ExitStack() as stack:
        postgres = stack.enter_context(Proxy(rig.postgres.port))
        redis = stack.enter_context(Proxy(rig.redis.port))
        for side in field.behind(stack, postgres.port, redis.port):
            for task in tasks:
                if task in side.requests:
                    found[side.name, task] = _trips(side, side.requests[task], postgres, redis)
    return found


def _trips(side: Side, request: Request, postgres: Proxy, redis: Proxy) -> Trips:
    deltas = []
    with Client(side.url) as client:
        for _ in range(TIMES):
            before = postgres.trips, redis.trips
            send(client, request)
            deltas.append((postgres.trips - before[0], redis.trips - before[1]))
    return Trips(median(one for one, _ in deltas), median(other for _, other in deltas))
