"""Whether an address has an account cannot be told from the answer, nor from the time that it takes."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from requests import Response

from tests.service.people import PASSWORD, WRONG, Person, add_users, new_address, person
from tests.service.servers.client import Client
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

TRIES = 200
TOLERANCE = 0.10
"""Of the median; what remains is far below what a network adds."""
REAL_COST = {"ARGON2_TIME_COST": "2", "ARGON2_MEMORY_KIB": "19456"}
"""The service's defaults, which the harness lowers."""

Ask = Callable[[Client, str], Response]


@dataclass(frozen=True)
class Question:
    """A request that names an address.

    Args:
        ask: Sends it.
        kinds: Which kinds of known addresses it is asked about.
    """

    ask: Ask
    kinds: tuple[str, ...]


QUESTIONS: dict[str, Question] = {
    "login": Question(
        lambda client, email: client.post("/api/auth/login", json={"email": email, "password": WRONG}),
        ("verified", "unverified", "disabled"),
    ),
    "register": Question(
        lambda client, email: client.post("/api/auth/register", json={"email": email, "password": PASSWORD}),
        ("verified", "unverified", "disabled"),
    ),
    "reset": Question(
        lambda client, email: client.post("/api/auth/reset", json={"email": email}),
        ("verified", "unverified", "disabled"),
    ),
    "email change": Question(
        lambda client, email: client.post("/api/account/email", json={"email": email}),
        ("verified", "unverified", "disabled"),
    ),
}


def known(service: Service, kind: str, count: int) -> list[str]:
    """Return addresses that have accounts."""
    from datetime import UTC, datetime

    addresses = [new_address() for _ in range(count)]
    columns: dict[str, object] = {
        "unverified": {"verified_at": None},
        "disabled": {"disabled_at": datetime.now(UTC)},
    }.get(kind, {})
    add_users(service, addresses, **columns)
    return addresses


def looks(answer: Response) -> tuple[object, ...]:
    """Return what of an answer a stranger can compare: all but the request's id and the clock."""
    headers = {name: value for name, value in answer.headers.items() if name not in {"X-Request-ID", "Date"}}
    body = answer.json()
    body.pop("request_id", None)
    return answer.status_code, headers, body


def measured(asking: Person, question: Question, sides: dict[str, list[str]]) -> dict[str, list[float]]:
    """Ask about an address of each side in turn, in random order; return how long each took. All must look the same."""
    took: dict[str, list[float]] = {side: [] for side in sides}
    random.seed(1)
    with asking.client() as client:
        expected = looks(question.ask(client, new_address()))
        for addresses in zip(*sides.values(), strict=True):
            asked = list(zip(sides, addresses, strict=True))
            random.shuffle(asked)
            for side, address in asked:
                begun = time.perf_counter()
                answer = question.ask(client, address)
                took[side].append(time.perf_counter() - begun)
                assert looks(answer) == expected, side
    return took


def compared(service: Service, name: str, tries: int) -> dict[str, list[float]]:
    """Compare unknown addresses with every kind of known ones."""
    question = QUESTIONS[name]
    sides = {"unknown": [new_address() for _ in range(tries)]}
    sides |= {kind: known(service, kind, tries) for kind in question.kinds}
    return measured(person(service), question, sides)


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
    service = rig.embedded(**REAL_COST) if kind == "embedded" else rig.full(**REAL_COST)
    took = compared(service, name, TRIES)
    medians = {side: statistics.median(seconds) for side, seconds in took.items()}
    expected = medians.pop("unknown")
    wrong = {
        side: round(found / expected - 1, 3) for side, found in medians.items() if abs(found / expected - 1) > TOLERANCE
    }
    assert wrong == {}, (expected, medians)
