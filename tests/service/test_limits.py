"""Limits over HTTP: what counts, whom it counts for, and that nobody counts twice or not at all."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from requests import Response
from requests.adapters import HTTPAdapter

from tests.service.people import PASSWORD, WRONG, Person, add_users, log_in, new_address, person
from tests.service.servers.client import Client
from tests.service.servers.process import wait_until
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service
from tests.service.tokens import claims_of

LOGINS = 5
"""A minute, by address; the service's default."""
EVERYTHING = 100
"""A minute, by address; set, so that a test gets there."""
PER_ADDRESS = f"{EVERYTHING} per minute"

SPOOFS = (
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Real-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Originating-IP",
    "X-Remote-Addr",
    "Client-IP",
    "CF-Connecting-IP",
    "True-Client-IP",
    "Forwarded",
)
"""Headers in which clients claim to be somewhere else."""

_numbers = itertools.count(2)


class _From(HTTPAdapter):
    """Connects from an address of its own; all of 127.0.0.0/8 is this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as requests has it
        """Make the pool that connects."""
        super().init_poolmanager(*args, source_address=(self._address, 0), **options)


@pytest.fixture(scope="module")
def limited_embedded(servers: Rig) -> Service:
    """An embedded service with limits."""
    return servers.embedded(LIMITS_ENABLED="true", LIMIT_ADDRESS=PER_ADDRESS)


@pytest.fixture(scope="module")
def limited_full(servers: Rig) -> Service:
    """A full service with limits."""
    return servers.full(celery=False, LIMITS_ENABLED="true", LIMIT_ADDRESS=PER_ADDRESS)


@pytest.fixture(
    params=[
        pytest.param("limited_embedded", marks=pytest.mark.xdist_group("embedded")),
        pytest.param("limited_full", marks=pytest.mark.xdist_group("full")),
    ]
)
def limited(request: pytest.FixtureRequest) -> Service:
    """A service with limits, once embedded and once full."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Service)
    return found


def somewhere(service: Service, address: str | None = None, token: str | None = None) -> Client:
    """Return a client at an address that nobody has used yet, or at this one."""
    number = next(_numbers)
    client = service.client(token)
    client.mount("http://", _From(address or f"127.7.{number // 250}.{number % 250 + 1}"))
    return client


def try_log_in(client: Client, email: str, password: str = WRONG, **options: Any) -> int:  # noqa: ANN401
    """Log in and return the status."""
    return client.post("/api/auth/login", json={"email": email, "password": password}, **options).status_code


def is_too_many(answer: Response, limit: int, window: int) -> bool:
    """Whether this is a 429 as it should be: a problem document that says when to go on."""
    document, wait = answer.json(), int(answer.headers["Retry-After"])
    return (
        (answer.status_code, document["status"], document["type"]) == (429, 429, "too-many-requests")
        and answer.headers["Content-Type"] == "application/problem+json"
        and 1 <= wait <= window
        and answer.headers["RateLimit-Limit"] == str(limit)
        and answer.headers["RateLimit-Remaining"] == "0"
        and answer.headers["RateLimit-Reset"] == str(wait)
    )


@pytest.fixture
def ann(limited: Service) -> str:
    """The address of an account."""
    address = new_address()
    add_users(limited, [address])
    return address


def test_failed_logins_count(limited: Service, ann: str) -> None:
    """After five wrong passwords an address waits: the right one is not looked at, and elsewhere it opens."""
    with somewhere(limited) as client:
        assert [try_log_in(client, ann) for _ in range(LOGINS)] == [401] * LOGINS
        answer = client.post("/api/auth/login", json={"email": ann, "password": PASSWORD})
        assert is_too_many(answer, LOGINS, 60)
        assert "token" not in answer.text
        assert client.get("/api/items").status_code == 200
    with somewhere(limited) as client:
        assert try_log_in(client, ann, PASSWORD) == 200


def test_successful_logins_count(limited: Service, ann: str) -> None:
    """Who knows the password has no more tries than others, so that guesses cannot hide between successes."""
    with somewhere(limited) as client:
        assert [try_log_in(client, ann, PASSWORD) for _ in range(LOGINS)] == [200] * LOGINS
        assert try_log_in(client, ann, PASSWORD) == 429


def test_guesses_over_many_accounts_count(limited: Service) -> None:
    """Another account for each guess, known or not, does not help."""
    with somewhere(limited) as client:
        assert [try_log_in(client, new_address()) for _ in range(LOGINS + 1)] == [401] * LOGINS + [429]


def test_malformed_logins_count(limited: Service, ann: str) -> None:
    """What the schema refuses is a try as well."""
    with somewhere(limited) as client:
        statuses = [client.post("/api/auth/login", json={"email": ann}).status_code for _ in range(LOGINS)]
        assert statuses == [422] * LOGINS
        assert try_log_in(client, ann, PASSWORD) == 429


def test_logins_at_once_count_once_each(limited: Service, ann: str) -> None:
    """Of twenty logins at the same moment, over connections of their own to all workers, exactly five are looked at."""
    address = "127.8.0.1" if limited.env["WORKERS"] == "1" else "127.8.0.2"

    def once(_: int) -> int:
        with somewhere(limited, address) as client:
            return try_log_in(client, ann)

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(once, range(20))) == [401] * LOGINS + [429] * (20 - LOGINS)


@pytest.mark.parametrize("header", SPOOFS)
def test_claimed_address_does_not_count(limited: Service, ann: str, header: str) -> None:
    """Where a client says that it is does not change where it is."""
    with somewhere(limited) as client:
        claims = [
            {header: f"for=203.0.113.{n}" if header == "Forwarded" else f"203.0.113.{n}"} for n in range(LOGINS + 1)
        ]
        assert [try_log_in(client, ann, headers=one) for one in claims] == [401] * LOGINS + [429]


@pytest.mark.parametrize("path", ["/api/auth/register", "/api/auth/reset"])
def test_mail_is_asked_for_three_times_an_hour(limited: Service, path: str) -> None:
    """Registering and resetting are limited to three an hour, whatever address is named."""
    with somewhere(limited) as client:

        def ask() -> Response:
            more = {"password": PASSWORD} if path.endswith("register") else {}
            return client.post(path, json={"email": new_address(), **more})

        assert [ask().status_code for _ in range(3)] == [202] * 3
        assert is_too_many(ask(), 3, 3600)


def test_refreshes_count(limited: Service, ann: str) -> None:
    """Thirty refreshes a minute, with whatever token."""
    with somewhere(limited, token="junk") as client:  # noqa: S106 - it is none
        assert [client.post("/api/auth/refresh").status_code for _ in range(30)] == [401] * 30
        assert is_too_many(client.post("/api/auth/refresh"), 30, 60)
        assert try_log_in(client, ann, PASSWORD) == 200


def guess_fresh(one: Person, client: Client) -> int:
    """Guess a password with somebody's access token."""
    headers = {"Authorization": f"Bearer {one.access}"}
    return client.post("/api/auth/fresh", json={"password": WRONG}, headers=headers).status_code


def logged_in(service: Service, email: str) -> Person:
    """Log in from an address of one's own."""
    with somewhere(service) as client:
        answer = client.post("/api/auth/login", json={"email": email, "password": PASSWORD}).json()
    return Person(
        service, UUID(claims_of(answer["access_token"])["sub"]), email, answer["access_token"], answer["refresh_token"]
    )


def test_guesses_with_a_token_count_for_the_account(limited: Service) -> None:
    """Whoever has stolen a token guesses five passwords a minute, from however many addresses; others may go on there."""
    ids = [new_address(), new_address()]
    add_users(limited, ids)
    victim, other = (logged_in(limited, one) for one in ids)
    statuses = []
    for _ in range(LOGINS + 1):
        with somewhere(limited) as client:
            statuses.append(guess_fresh(victim, client))
    assert statuses == [403] * LOGINS + [429]
    with somewhere(limited) as client:
        assert [guess_fresh(victim, client), guess_fresh(other, client)] == [429, 403]


def test_bad_tokens_count(limited: Service) -> None:
    """Requests with a bad token, without one, and to places that are not there count for the address as others do."""
    with somewhere(limited) as client:
        bad = {"Authorization": "Bearer junk"}
        kinds: list[tuple[str, dict[str, str], int]] = [
            ("/api/account", bad, 401),
            ("/api/account", {}, 401),
            ("/admin/users", bad, 401),
            ("/nowhere", {}, 404),
        ]
        for path, headers, status in kinds:
            for _ in range(EVERYTHING // len(kinds)):
                assert client.get(path, headers=headers).status_code == status
        assert is_too_many(client.get("/api/account", headers=bad), EVERYTHING, 60)
        assert is_too_many(client.get("/api/items"), EVERYTHING, 60)
        for path in ("/livez", "/readyz"):
            assert client.get(path).status_code == 200


def test_health_and_preflights_never_count(limited: Service, ann: str) -> None:
    """Asking for health and a browser's preflights use nothing up, and are answered when everything is."""
    preflight = {"Origin": "https://example.com", "Access-Control-Request-Method": "POST"}
    with somewhere(limited) as client:
        for _ in range(EVERYTHING // 2 + 1):
            assert client.get("/livez").status_code == 200
            assert client.get("/readyz").status_code == 200
            assert client.options("/api/auth/login", headers=preflight).status_code == 200
            assert client.options("/api/auth/login").status_code == 200
        assert [try_log_in(client, ann) for _ in range(LOGINS + 1)] == [401] * LOGINS + [429]
        assert client.options("/api/auth/login", headers=preflight).status_code == 200


def wait_replaced(service: Service, pid: int) -> None:
    """Return once the worker is gone and another one answers."""
    wait_until(lambda: pid not in service.worker_pids(), "the worker is gone")
    service.wait_complete()


@pytest.mark.xdist_group("full")
def test_restarted_worker_does_not_start_over(limited_full: Service) -> None:
    """The count is in Redis: killing every worker gives nobody a new try."""
    email = new_address()
    add_users(limited_full, [email])
    with somewhere(limited_full, "127.9.0.1") as client:
        assert [try_log_in(client, email) for _ in range(LOGINS + 1)] == [401] * LOGINS + [429]
    for pid in limited_full.worker_pids():
        os.kill(pid, signal.SIGKILL)
        wait_replaced(limited_full, pid)
    for _ in range(6):
        with somewhere(limited_full, "127.9.0.1") as client:
            assert try_log_in(client, email, PASSWORD) == 429


@pytest.fixture(scope="module")
def proxied(servers: Rig) -> Iterator[Service]:
    """An embedded service behind one proxy, with a short window."""
    with servers.embedded(LIMITS_ENABLED="true", PROXY_HOPS="1", LIMIT_LOGIN="2 per 2 second") as service:
        yield service


@pytest.mark.xdist_group("embedded")
def test_proxy_says_who_asks(proxied: Service) -> None:
    """With one proxy the last address in X-Forwarded-For counts, which the proxy writes; what a client wrote does not."""
    email = new_address()
    add_users(proxied, [email])
    with proxied.client() as client:

        def ask(forwarded: str) -> int:
            return try_log_in(client, email, headers={"X-Forwarded-For": forwarded})

        assert [ask(f"203.0.113.{n}, 198.51.100.1") for n in range(3)] == [401, 401, 429]
        assert [ask(f"198.51.100.{n}") for n in range(2, 6)] == [401] * 4


@pytest.mark.xdist_group("embedded")
def test_limit_is_over_when_it_said(proxied: Service) -> None:
    """After the seconds of Retry-After the next try is looked at."""
    email = new_address()
    add_users(proxied, [email])
    headers = {"X-Forwarded-For": "198.51.100.77"}
    with proxied.client() as client:
        assert [try_log_in(client, email, headers=headers) for _ in range(2)] == [401, 401]
        answer = client.post("/api/auth/login", json={"email": email, "password": PASSWORD}, headers=headers)
        assert is_too_many(answer, 2, 2)
        time.sleep(int(answer.headers["Retry-After"]))
        assert try_log_in(client, email, PASSWORD, headers=headers) == 200


def test_limits_can_be_lifted(embedded: Service) -> None:
    """LIMITS_ENABLED=false lifts every limit."""
    assert embedded.env["LIMITS_ENABLED"] == "false"
    one = person(embedded)
    assert all(log_in(embedded, one.email).is_in() for _ in range(LOGINS + 5))
