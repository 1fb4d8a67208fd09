"""The sides of the comparison: each a running server, started with the harness of the service's tests."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from peers.load import Failed, Request, send
from tests.service.servers import run
from tests.service.servers.client import Client
from tests.service.servers.process import Process
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

BENCH = Path(__file__).resolve().parents[1]
ORIGIN = "https://www.example.com"
TASKS = ("item", "list", "account", "login")
PASSWORD = "correct horse battery staple"  # noqa: S105 - of accounts that live for a run
OWNER = "owner@example.com"
VISITORS = tuple(f"visitor-{number}@example.com" for number in range(64))
"""Who logs in. They are many, because logins of one account wait for each other."""
RUN_COMMANDS = """
from wsgi import app

def run(commands):
    for one in commands:
        done = app.test_cli_runner().invoke(args=one)
        assert done.exit_code == 0, done.output

"""
"""Many commands in one process, which is faster than a process each."""
ITEMS = 100
THREADS = 4
HIGH = "100000000 per minute"
"""Limits are looked at on every request, and never reached."""


@dataclass(frozen=True, slots=True)
class Side:
    """A server that is measured, and what it is asked for by the name of the task."""

    name: str
    url: str
    pid: int
    requests: dict[str, Request]


def side(name: str, url: str, pid: int, tasks: tuple[str, ...]) -> Side:
    """A running server as a side."""
    return Side(name, url, pid, asked(url, tasks))


def settings(workers: int) -> dict[str, str]:
    """What the service and its equal are told beside where their databases are."""
    limits = ("ADDRESS", "ACCOUNT", "LOGIN", "REGISTER", "RESET", "REFRESH")
    return {
        "WORKERS": str(workers),
        "THREADS": str(THREADS),
        "PUBLIC_ORIGINS": ORIGIN,
        "MAIL_DELIVERY": "none",
        "LIMITS_ENABLED": "true",
        **{f"LIMIT_{name}": HIGH for name in limits},
        "ARGON2_TIME_COST": "2",
        "ARGON2_MEMORY_KIB": "19456",
        "ARGON2_PARALLELISM": "1",
        "CACHE_SECONDS": "3600",
        "ACCESS_MINUTES": "60",
    }


def fill(service: Service) -> None:
    """Give a new service an account and a catalogue, the way its owner would."""
    commands = [["user", "create-admin", "--email", one, "--password", PASSWORD] for one in (OWNER, *VISITORS)]
    done = service.run("-c", f"{RUN_COMMANDS}run({commands!r})")
    if done.returncode != 0:
        raise Failed(f"no accounts: {done.stdout}{done.stderr}")
    with service.client(token(service.url)) as admin:
        for number in range(1, ITEMS + 1):
            made = admin.post(
                "/admin/items",
                json={
                    "name": f"Lamp {number}",
                    "description": "A lamp for a desk, of brass and green glass, with a switch on its cord.",
                    "category": ("lamps", "desks", "chairs")[number % 3],
                    "price": 1_000 + number,
                },
            )
            if made.status_code != HTTPStatus.CREATED:
                raise Failed(f"no items: {made.text}")


def credentials(email: str) -> dict[str, str]:
    """What is sent to log in."""
    return {"email": email, "password": PASSWORD}


def token(url: str) -> str:
    """Log in, and return the access token."""
    with Client(url) as client:
        answer = client.post("/api/auth/login", json=credentials(OWNER))
    if answer.status_code != HTTPStatus.OK:
        raise Failed(f"no login: {answer.text}")
    return str(answer.json()["access_token"])


def asked(url: str, tasks: tuple[str, ...]) -> dict[str, Request]:
    """What a server at this address is asked for in these tasks."""
    origin = {"Origin": ORIGIN}
    found = {
        "item": Request("/api/items/1", origin),
        "list": Request("/api/items?limit=20", origin),
        "login": Request("/api/auth/login", origin, tuple(json.dumps(credentials(one)) for one in VISITORS), THREADS),
    }
    if "account" in tasks:
        found["account"] = Request("/api/account", {**origin, "Authorization": f"Bearer {token(url)}"})
    return {task: found[task] for task in tasks}


@contextmanager
def peer(name: str, target: str, interface: str, workers: int, env: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Run one of our peers under granian, as the service is run; gives its address and its first process."""
    port = run.free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--no-ws", "--log-level", "warning", "--respawn-failed-workers", target]
    if interface == "wsgi":
        command += ["--blocking-threads", str(THREADS), "--backpressure", str(THREADS * 32)]
    process = Process(name, command, run.new_folder(name), env={"PYTHONPATH": str(BENCH), **env})

    def lives() -> bool:
        try:
            with Client(url) as client:
                return client.get("/livez", timeout=2).ok
        except OSError:
            return False

    process.wait_ready(lives, 60)
    try:
        yield url, process.pid
    finally:
        process.stop()


def through(url: str, port: int) -> str:
    """The address of a database, with another port."""
    parts = urlsplit(url)
    return url.replace(f":{parts.port}/", f":{port}/")


class Field:
    """All sides, running.

    Args:
        rig: Starts PostgreSQL, Redis and the service.
        stack: Stops what we start beside.
        workers: Processes of each side but the embedded one.
        connections: Requests under way at a time; the equal service keeps a connection to PostgreSQL for each.
        driver: What the equal service talks to PostgreSQL with: psycopg or asyncpg.
    """

    def __init__(self, rig: Rig, stack: ExitStack, *, workers: int, connections: int, driver: str) -> None:
        self._workers, self._connections, self._driver = workers, connections, driver
        self._env = {
            **settings(workers),
            "ENVIRONMENT": "production",
            "JWT_SECRET_KEY": secrets.token_hex(32),
            "DATABASE_URL": rig.postgres.database(),
            "REDIS_URL": rig.redis.database(),
        }
        full = rig.service(self._env).migrate().start()
        fill(full)
        embedded = rig.service(settings(1)).migrate().start()
        fill(embedded)
        documents = run.new_folder("documents") / "documents.json"
        documents.write_text(json.dumps(self._documents(full)), encoding="utf-8")
        bare = peer("bare", "peers.bare:app", "wsgi", workers, {"PEER_DOCUMENTS": str(documents)})
        self.sides = [
            side("bare", *stack.enter_context(bare), ("item", "list")),
            side("embedded", embedded.url, embedded.pid, TASKS),
            side("full", full.url, full.pid, TASKS),
            side("FastAPI", *stack.enter_context(self._equal(self._env)), TASKS),
            side("FastAPI+", *stack.enter_context(self._equal(self._env, surroundings=True)), TASKS),
        ]

    def behind(self, stack: ExitStack, postgres: int, redis: int) -> list[Side]:
        """The service and its equal once more, with PostgreSQL and Redis on these ports."""
        env = {
            **self._env,
            "DATABASE_URL": through(self._env["DATABASE_URL"], postgres),
            "REDIS_URL": through(self._env["REDIS_URL"], redis),
        }
        full = stack.enter_context(Service(env)).start()
        return [
            side("full", full.url, full.pid, TASKS),
            side("FastAPI", *stack.enter_context(self._equal(env)), TASKS),
        ]

    def compare(self) -> None:
        """Look that the equal service answers what the service answers.

        Raises:
            Failed: it does not.
        """
        full, equal = self.sides[2], self.sides[3]
        for task in TASKS:
            answers = []
            for one in (full, equal):
                with Client(one.url) as client:
                    answers.append(json.loads(send(client, one.requests[task])))
            same = answers[0].keys() == answers[1].keys() if task == "login" else answers[0] == answers[1]
            if not same:
                raise Failed(f"{task}: the equal service answers {answers[1]}, not {answers[0]}")

    def _equal(self, env: dict[str, str], *, surroundings: bool = False) -> AbstractContextManager[tuple[str, int]]:
        more = {
            "DATABASE_URL": env["DATABASE_URL"].replace("+psycopg:", f"+{self._driver}:"),
            "DATABASE_POOL_SIZE": str(2 * self._connections),
            "EQUAL_SURROUNDINGS": str(int(surroundings)),
        }
        return peer("equal", "peers.equal.app:app", "asgi", self._workers, {**env, **more})

    @staticmethod
    def _documents(service: Service) -> dict[str, Any]:
        requests = asked(service.url, ("item", "list"))
        with service.client() as client:
            return {task: json.loads(send(client, request)) for task, request in requests.items()}
