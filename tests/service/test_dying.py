"""What the service rests on dies, hangs or comes back, and the service itself is killed or told to stop.

Documented behaviour: without Redis each process counts limits on its own, answers come from the database, and changes
of the catalogue are refused with 503; without the database everything that needs it is a 503 with Retry-After; when
either is back, nothing need be restarted. Nobody is let in meanwhile, and nothing is a 500.
"""

from __future__ import annotations

import os
import signal
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import pytest
import requests
from requests import Response

from tests.service.people import PASSWORD, WRONG, Person, add_users, is_refused, new_address, person
from tests.service.servers.client import Client
from tests.service.servers.postgres import Postgres
from tests.service.servers.process import wait_until
from tests.service.servers.redis import Redis
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service
from tests.service.test_limits import LOGINS, is_too_many, somewhere, try_log_in

SLOWEST = 2.5
"""Seconds that a request may take while Redis hangs: the first in each process waits half a second four times."""
FAST = 0.5
"""Seconds, once a process has noticed."""


def is_problem(answer: Response, status: int) -> bool:
    """Whether this is a problem document of that status, which says when to come again if it is a 503."""
    return (
        answer.status_code == status
        and answer.headers["Content-Type"] == "application/problem+json"
        and (status != 503 or int(answer.headers["Retry-After"]) >= 1)
    )


def timed(ask: Callable[[], Response]) -> tuple[Response, float]:
    """Ask, and return the answer and how long it took."""
    begun = time.monotonic()
    answer = ask()
    return answer, time.monotonic() - begun


def strangers(service: Service) -> Iterator[Callable[[], Response]]:
    """Yield requests that nobody may make, whatever is the matter."""
    client = service.client()
    yield lambda: client.get("/api/account")
    yield lambda: client.get("/api/account", headers={"Authorization": "Bearer junk"})
    yield lambda: client.post("/api/auth/refresh", headers={"Authorization": "Bearer junk"})
    yield lambda: client.get("/admin/users")


def new_item(one: Person) -> Response:
    """Add an item to the catalogue."""
    return one.send("POST", "/admin/items", json={"name": "boat", "category": "boats", "price": 7})


@pytest.fixture
def fragile_redis(rig: Rig) -> Redis:
    """A Redis that may be broken."""
    return rig.new_redis()


@pytest.fixture
def on_fragile_redis(rig: Rig, fragile_redis: Redis) -> Service:
    """A full service with limits, whose Redis may be broken."""
    return rig.full(redis=fragile_redis, celery=False, LIMITS_ENABLED="true", LIMIT_ADDRESS="100000 per minute")


def ways_of_life(service: Service, one: Person, item: int) -> dict[str, tuple[Callable[[], Response], int]]:
    """Return requests that go on without Redis, and how they are answered."""
    email, client = one.email, one.client()

    def log_in() -> Response:
        with somewhere(service) as elsewhere:
            return elsewhere.post("/api/auth/login", json={"email": email, "password": PASSWORD})

    def register() -> Response:
        with somewhere(service) as elsewhere:
            return elsewhere.post("/api/auth/register", json={"email": new_address(), "password": PASSWORD})

    return {
        "items": (lambda: client.get("/api/items"), 200),
        "item": (lambda: client.get(f"/api/items/{item}"), 200),
        "category": (lambda: client.get("/api/categories/boats"), 200),
        "account": (lambda: client.get("/api/account"), 200),
        "users": (lambda: client.get("/admin/users"), 200),
        "login": (log_in, 200),
        "register": (register, 202),
        "alive": (lambda: client.get("/livez"), 200),
        "ready": (lambda: client.get("/readyz"), 200),
    }


@pytest.mark.long
@pytest.mark.xdist_group("full")
@pytest.mark.parametrize("way", ["killed", "hanging"])
def test_service_goes_on_without_redis(on_fragile_redis: Service, fragile_redis: Redis, way: str) -> None:
    """Without Redis requests are answered, soon as fast as before; limits still limit, and it all comes back by itself."""
    service = on_fragile_redis
    admin = person(service, role="admin")
    added = new_item(admin)
    assert added.status_code == 201, added.text
    life = ways_of_life(service, admin, added.json()["id"])
    for name, (ask, status) in life.items():
        assert (name, ask().status_code) == (name, status)
    victim = new_address()
    add_users(service, [victim])

    (fragile_redis.kill if way == "killed" else fragile_redis.pause)()
    slow: dict[str, float] = {}
    for name, (ask, status) in life.items():
        for _ in range(4):  # each worker meets it
            answer, seconds = timed(ask)
            assert answer.status_code == status, (name, answer.text)
            assert seconds < SLOWEST, (name, seconds)
            slow[name] = max(slow.get(name, 0.0), seconds)
    assert admin.renew().status_code == 200
    for ask in strangers(service):
        assert all(is_refused(ask()) for _ in range(3))
    assert is_problem(new_item(admin), 503)
    assert life["items"][0]().json()["items"][-1]["id"] == added.json()["id"]
    wait_until(lambda: life["ready"][0]().json()["status"] == "degraded", "the service says so", 10)

    with somewhere(service) as client:  # each process counts on its own
        statuses = [try_log_in(client, victim) for _ in range(3 * LOGINS)]
        assert LOGINS <= statuses.count(401) <= 2 * LOGINS, statuses
        assert set(statuses) == {401, 429}
        last = client.post("/api/auth/login", json={"email": victim, "password": PASSWORD})
        assert is_too_many(last, LOGINS, 60)

    for name in ("account", "users", "alive"):
        took = [timed(life[name][0])[1] for _ in range(10)]
        assert statistics.median(took) < FAST, (name, took)

    (fragile_redis.start if way == "killed" else fragile_redis.resume)()
    wait_until(lambda: life["ready"][0]().json()["status"] == "ready", "the service is ready again", 60)
    wait_until(lambda: new_item(admin).status_code == 201, "the catalogue changes again", 60)
    for name, (ask, status) in life.items():
        assert (name, ask().status_code) == (name, status)
    wait_until(lambda: is_one_count(service, victim), "all processes count together again", 90)


def is_one_count(service: Service, email: str) -> bool:
    """Whether an address has exactly five tries, over whichever workers."""
    statuses = []
    address = f"127.11.{time.monotonic_ns() // 1000 % 250}.{time.monotonic_ns() // 1_000_000 % 250 + 1}"
    for _ in range(2 * LOGINS + 2):
        with somewhere(service, address) as client:  # a connection of its own each time
            statuses.append(try_log_in(client, email))
    assert set(statuses) == {401, 429}
    time.sleep(1)
    return statuses.count(401) == LOGINS


Outcome = int | str | requests.RequestException
"""A status; the text of an answer that no client should get; what happened in place of an answer."""


@contextmanager
def asking(service: Service, asks: list[Callable[[Client], Response]]) -> Iterator[list[Outcome]]:
    """Send requests all the time, each kind from a thread of its own; give what came of them."""
    answers: list[Outcome] = []
    over = threading.Event()

    def go_on(ask: Callable[[Client], Response]) -> None:
        while not over.is_set():
            try:
                with service.client() as client:
                    answer = ask(client)
                is_sound = answer.status_code < 500 or is_problem(answer, 503)
                answers.append(answer.status_code if is_sound else answer.text)
            except requests.RequestException as error:
                answers.append(error)
            time.sleep(0.005)

    with ThreadPoolExecutor(len(asks)) as pool:
        running = [pool.submit(go_on, ask) for ask in asks]
        try:
            yield answers
        finally:
            over.set()
        for one in running:
            one.result()


AWAY = 6.0
"""Seconds that a request may take while the database is away: connecting to it is given up after five."""


def database_users(one: Person) -> list[Callable[[Client], Response]]:
    """Return requests that need the database; those that log in do it for somebody else, who has few sessions."""
    other = new_address()
    add_users(one.service, [other])
    bearer = {"Authorization": f"Bearer {one.access}"}
    return [
        lambda client: client.get("/api/account", headers=bearer),
        lambda client: client.get("/api/items/1"),
        lambda client: client.post("/api/auth/login", json={"email": other, "password": PASSWORD}),
        lambda client: client.post("/api/auth/login", json={"email": other, "password": WRONG}),
        lambda client: client.post("/api/auth/reset", json={"email": one.email}),
    ]


@pytest.fixture
def fragile_postgres(rig: Rig) -> Postgres:
    """A PostgreSQL that may be broken."""
    return rig.new_postgres()


@pytest.mark.long
@pytest.mark.xdist_group("full")
@pytest.mark.parametrize("way", ["restart", "kill", "disconnect"])
def test_database_comes_back(rig: Rig, fragile_postgres: Postgres, way: str) -> None:
    """While the database restarts, answers are what they should be or a 503; then all goes on without a restart."""
    service = rig.full(postgres=fragile_postgres, celery=False)
    one = person(service)
    with asking(service, database_users(one)) as answers:
        time.sleep(1)
        if way == "restart":
            fragile_postgres.restart()
        elif way == "kill":
            fragile_postgres.kill()
            time.sleep(1)
            fragile_postgres.start()
        else:
            for _ in range(5):
                fragile_postgres.disconnect(service.database_url)
                time.sleep(0.2)
        time.sleep(2)
    assert set(answers) <= {200, 202, 401, 404, 503}
    assert len(answers) > 100
    assert one.is_in()
    assert one.renew().status_code == 200
    assert service.client().get("/readyz").status_code == 200


@pytest.mark.long
@pytest.mark.xdist_group("full")
def test_stopped_database_is_a_503(rig: Rig, fragile_postgres: Postgres) -> None:
    """While the database is away, what needs it is a 503 that says when to come again, and nobody is let in."""
    service = rig.full(postgres=fragile_postgres, celery=False)
    one = person(service)
    asks = database_users(one)
    fragile_postgres.stop()
    with service.client() as client:
        for ask in asks:
            for _ in range(3):
                answer, seconds = timed(partial(ask, client))
                assert is_problem(answer, 503), answer.text
                assert seconds < AWAY
        assert is_problem(client.get("/readyz"), 503)
        assert client.get("/livez").status_code == 200
        assert is_refused(client.get("/api/account"))
        assert is_refused(client.get("/api/account", headers={"Authorization": "Bearer junk"}))
        fragile_postgres.start()
        wait_until(lambda: client.get("/readyz").status_code == 200, "the service is ready again", 15)
        statuses = [ask(client).status_code for ask in asks]
    assert statuses == [200, 404, 200, 401, 202]
    assert one.renew().status_code == 200


@pytest.mark.long
def test_killed_worker_is_replaced_under_load(backend: Service) -> None:
    """A worker that is killed takes its connections with it and nothing else: another one comes, and no answer is wrong."""
    one, before = person(backend), backend.worker_pids()
    asks = database_users(one)
    with asking(backend, asks) as answers:
        time.sleep(1)
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda: before[0] not in backend.worker_pids(), "the worker is gone")
        backend.wait_complete()
        known = len(answers)
        time.sleep(2)
    lost = [answer for answer in answers if isinstance(answer, requests.RequestException)]
    assert lost, "nothing was under way in the worker that was killed"
    assert [answer for answer in answers[known + len(asks) :] if isinstance(answer, requests.RequestException)] == []
    assert {answer for answer in answers if isinstance(answer, int | str)} <= {200, 202, 401, 404}
    assert one.renew().status_code == 200


def test_idle_connections_keep_nobody_out(backend: Service) -> None:
    """Hundreds of connections that send nothing, or not all of a request's head, keep nobody else waiting."""
    with ExitStack() as stack:
        for number in range(300):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", backend.port), timeout=5))
            connection.sendall([b"", b"GET /livez HT", b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"][number % 3])
        for _ in range(5):
            with backend.client() as client:
                answer, seconds = timed(partial(client.get, "/livez"))
            assert answer.status_code == 200
            assert seconds < 2


@pytest.mark.long
def test_idle_connections_are_closed(backend: Service) -> None:
    """A connection that sends nothing, half a request's head, or nothing more is closed after ten seconds."""
    with ExitStack() as stack:
        connections = []
        for sent in (b"", b"GET /livez HT", b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", backend.port), timeout=15))
            connection.sendall(sent)
            connections.append(connection)
        for connection in connections:
            while connection.recv(10_000):
                pass


SLOW = "131072"
"""KiB that a password costs, ten times over: a login takes about a second."""


def stopped_gracefully(service: Service) -> None:
    """Tell the service to end during a login: it is answered, nothing else is taken, and the exit is clean."""
    email = new_address()
    add_users(service, [email])
    answers: list[Any] = []
    credentials = {"email": email, "password": PASSWORD}
    asked = threading.Thread(target=lambda: answers.append(service.client().post("/api/auth/login", json=credentials)))
    asked.start()
    time.sleep(0.4)
    assert answers == [], "the login was not slow enough"
    process = service.process
    process.send(signal.SIGTERM)
    wait_until(lambda: is_closed(service), "no new requests are taken", 5)
    assert answers == [], "the login was not slow enough"
    asked.join(30)
    assert answers[0].status_code == 200, answers[0].text
    code = process.stop(signal.SIGCONT)  # which only waits for it
    assert code == 0, process.log()[-2000:]


def is_closed(service: Service) -> bool:
    """Whether new requests are refused."""
    try:
        with service.client() as client:
            client.get("/livez", timeout=2)
    except requests.ConnectionError:
        return True
    return False


@pytest.mark.xdist_group("embedded")
def test_embedded_service_stops_gracefully(rig: Rig) -> None:
    """On SIGTERM the request in flight finishes, new ones are refused, and the process ends with 0."""
    stopped_gracefully(rig.embedded(ARGON2_TIME_COST="10", ARGON2_MEMORY_KIB=SLOW))


@pytest.mark.long
@pytest.mark.xdist_group("full")
def test_full_service_stops_gracefully(rig: Rig) -> None:
    """On SIGTERM all workers finish what they are at."""
    stopped_gracefully(rig.full(celery=False, ARGON2_TIME_COST="10", ARGON2_MEMORY_KIB=SLOW))


NOT_SOUND: dict[str, tuple[dict[str, str], str]] = {
    "memory": ({"WORKERS": "2"}, "WORKERS > 1 needs REDIS_URL"),
    "SQLite": ({"WORKERS": "2", "REDIS_URL": "redis://127.0.0.1:1/0"}, "WORKERS > 1 needs PostgreSQL"),
    "Celery without Redis": ({"MAIL_DELIVERY": "celery"}, "MAIL_DELIVERY=celery needs REDIS_URL"),
    "short secret": ({"JWT_SECRET_KEY": "x" * 31}, "JWT_SECRET_KEY: is shorter than 32 bytes"),
    "example secret": ({"JWT_SECRET_KEY": "change-me-" * 3 + "change-me"}, "JWT_SECRET_KEY: is the example"),
    "no secret": ({"JWT_SECRET_KEY": ""}, "JWT_SECRET_KEY: Field required"),
    "any origin": ({"PUBLIC_ORIGINS": "*"}, "PUBLIC_ORIGINS: '*' is no origin"),
    "null origin": ({"ADMIN_ORIGINS": "null"}, "ADMIN_ORIGINS: 'null' is no origin"),
}


@pytest.mark.parametrize("case", NOT_SOUND)
def test_service_refuses_what_it_could_not_do(rig: Rig, case: str) -> None:
    """Settings that contradict each other, or that let anybody in, are refused with one sentence and no traceback."""
    env, sentence = NOT_SOUND[case]
    done = rig.service(env).run("-m", "shop.serve", within=20)
    assert done.returncode not in {0, None}
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 2, done.stderr
    assert sentence in lines[1]
    assert done.stdout == ""
    assert (env.get("JWT_SECRET_KEY") or "no secret at all") not in done.stderr
