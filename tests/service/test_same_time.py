"""Whether an address has an account cannot be told from the answer, nor from the time that it takes."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from requests import Response

from tests.service.people import PASSWORD, WRONG, Person, add_users, new_address, person
from tests.service.servers.client import Client
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

TRIES = 200
TOLERANCE = 0.10
"""Of the median; what remains is far below what a network adds."""
MEASUREMENTS = 3
"""How often 200 tries may be repeated: what else the machine does shows in one of them, a difference in all."""
DELIVERED = 0.13
"""Seconds after which the embedded service has delivered a mail: it does that itself, and slows down what comes next."""

Ask = Callable[[Client, str], Response]


QUESTIONS: dict[str, Ask] = {
    "login": lambda client, email: client.post("/api/auth/login", json={"email": email, "password": WRONG}),
    "register": lambda client, email: client.post("/api/auth/register", json={"email": email, "password": PASSWORD}),
    "reset": lambda client, email: client.post("/api/auth/reset", json={"email": email}),
    "email change": lambda client, email: client.post("/api/account/email", json={"email": email}),
}
KINDS = ("verified", "unverified", "disabled")
"""Which kinds of accounts an address may have."""


def known(service: Service, kind: str, count: int) -> list[str]:
    """Return addresses that have accounts."""
    addresses = [new_address() for _ in range(count)]
    moment = datetime.now(UTC)
    columns: dict[str, dict[str, object]] = {"unverified": {"verified_at": None}, "disabled": {"disabled_at": moment}}
    add_users(service, addresses, **columns.get(kind, {}))
    return addresses


def looks(answer: Response) -> tuple[object, ...]:
    """Return what of an answer a stranger can compare: all but the request's id and the clock."""
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in {"x-request-id", "date"}}
    body = answer.json()
    body.pop("request_id", None)
    return answer.status_code, headers, body


def measured(asking: Person, ask: Ask, sides: dict[str, list[str]], apart: float) -> dict[str, list[float]]:
    """Ask about an address of each side in turn, in random order; return how long each took. All must look the same."""
    took: dict[str, list[float]] = {side: [] for side in sides}
    random.seed(1)
    with asking.client() as client:
        expected = looks(ask(client, new_address()))
        for addresses in zip(*sides.values(), strict=True):
            asked = list(zip(sides, addresses, strict=True))
            random.shuffle(asked)
            for side, address in asked:
                time.sleep(apart)
                begun = time.perf_counter()
                answer = ask(client, address)
                took[side].append(time.perf_counter() - begun)
                assert looks(answer) == expected, side
    return took


def compared(service: Service, name: str, tries: int, apart: float = 0.0) -> dict[str, list[float]]:
    """Compare unknown addresses with every kind of known ones, the requests so many seconds apart."""
    sides = {"unknown": [new_address() for _ in range(tries)]}
    sides |= {kind: known(service, kind, tries) for kind in KINDS}
    return measured(person(service), QUESTIONS[name], sides, apart)


@pytest.mark.parametrize("name", QUESTIONS)
def test_answers_are_the_same(backend: Service, name: str) -> None:
    """Known and unknown addresses get the same status, headers and body."""
    compared(backend, name, 10)


@pytest.mark.long
@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.xdist_group(kind)) for kind in ("embedded", "full")]
)
def test_answers_take_as_long(rig: Rig, kind: str, name: str) -> None:
    """Over 200 tries, with passwords as expensive as by default, the medians are within ten per cent."""
    start = rig.embedded if kind == "embedded" else rig.full
    service = start(ARGON2_TIME_COST="2", ARGON2_MEMORY_KIB="19456")  # the defaults, which the harness lowers
    apart = DELIVERED if kind == "embedded" and name in {"reset", "email change"} else 0.0
    found = [differing(compared(service, name, TRIES, apart))]
    while found[-1] and len(found) < MEASUREMENTS:
        found.append(differing(compared(service, name, TRIES, apart)))
    assert not found[-1], found


def differing(took: dict[str, list[float]]) -> dict[str, float]:
    """Return by how much the medians differ from that of unknown addresses, where it is too much."""
    medians = {side: statistics.median(seconds) for side, seconds in took.items()}
    expected = medians.pop("unknown")
    by = {side: round(median / expected - 1, 3) for side, median in medians.items()}
    return {side: part for side, part in by.items() if abs(part) > TOLERANCE}
