"""People who use the running service: accounts put into its database, and what their clients do over HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from requests import Response
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Integer,
    MetaData,
    NullPool,
    RowMapping,
    String,
    Table,
    Uuid,
    create_engine,
    event,
    insert,
    select,
    update,
)

from tests.service import tokens
from tests.service.servers.client import Client
from tests.service.servers.service import Service

PASSWORD = "a harbour for 17 small boats"  # noqa: S105 - of accounts that live as long as a test
WRONG = "a harbour for 18 small boats"
MOMENT = DateTime(timezone=True)

_metadata = MetaData()
USERS = Table(
    "users",
    _metadata,
    Column("id", Uuid),
    Column("email", String),
    Column("password_hash", String),
    Column("role", String),
    Column("verified_at", MOMENT),
    Column("disabled_at", MOMENT),
    Column("created_at", MOMENT),
)
SESSIONS = Table(
    "sessions",
    _metadata,
    Column("id", Uuid),
    Column("user_id", Uuid),
    Column("epoch", Integer),
    Column("generation", Integer),
    Column("token_hash", String),
    Column("spent_hash", String),
    Column("last_used_at", MOMENT),
    Column("expires_at", MOMENT),
    Column("revoked_at", MOMENT),
)


@dataclass
class Person:
    """Somebody who is logged in."""

    service: Service
    id: UUID
    email: str
    access: str
    refresh: str

    @property
    def session_id(self) -> UUID:
        """The session of the login."""
        return UUID(tokens.claims_of(self.refresh)["sid"])

    def client(self, token: str | None = None) -> Client:
        """Return a client that sends the access token, or another one."""
        return self.service.client(self.access if token is None else token)

    def send(self, method: str, path: str, token: str | None = None, **options: Any) -> Response:  # noqa: ANN401
        """Send one request with the access token, or with another one; options are those of requests."""
        with self.client(token) as client:
            return client.request(method, path, **options)

    def renew(self, token: str | None = None) -> Response:
        """Refresh with the refresh token at hand, or with another one."""
        return self.send("POST", "/api/auth/refresh", token or self.refresh)

    def log_in_again(self) -> Person:
        """Return the same person with another session."""
        return log_in(self.service, self.email)

    def is_in(self, token: str | None = None) -> bool:
        """Whether the access token, or another one, opens something."""
        answer = self.send("GET", "/api/account", token)
        assert answer.status_code in {200, 401}, answer.text
        return answer.status_code == 200


def is_refused(answer: Response) -> bool:
    """Whether this is a 401 as it should be: a problem document, with a challenge."""
    return (
        answer.status_code == 401
        and answer.headers["Content-Type"] == "application/problem+json"
        and answer.headers["WWW-Authenticate"].startswith("Bearer")
        and answer.json()["status"] == 401
    )


@contextmanager
def database(service: Service) -> Iterator[Connection]:
    """Give a connection to the service's database, in a transaction that is committed at the end."""
    engine = create_engine(service.database_url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 10000"))
    with engine.begin() as connection:
        yield connection


def hashed(service: Service, password: str = PASSWORD) -> str:
    """Return the hash of a password with the service's parameters."""
    env = service.env
    cost, memory = int(env.get("ARGON2_TIME_COST", "2")), int(env.get("ARGON2_MEMORY_KIB", "19456"))
    return PasswordHasher(cost, memory, int(env.get("ARGON2_PARALLELISM", "1"))).hash(password)


def new_address() -> str:
    """Return an address that nobody has."""
    return f"{secrets.token_hex(8)}@example.com"


def add_users(service: Service, addresses: Sequence[str], **values: object) -> dict[str, UUID]:
    """Put accounts with `PASSWORD` into the database and return their ids; keyword arguments are columns."""
    moment = datetime.now(UTC)
    columns = {"password_hash": hashed(service), "role": "user", "verified_at": moment, "created_at": moment, **values}
    ids = {address: uuid4() for address in addresses}
    with database(service) as connection:
        connection.execute(insert(USERS), [{"id": ids[one], "email": one, **columns} for one in addresses])
    return ids


def log_in(service: Service, email: str, password: str = PASSWORD) -> Person:
    """Log in over HTTP, and be somebody."""
    with service.client() as client:
        answer = client.post("/api/auth/login", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    access, refresh = answer.json()["access_token"], answer.json()["refresh_token"]
    return Person(service, UUID(tokens.claims_of(access)["sub"]), email, access, refresh)


def opens(service: Service, email: str, password: str) -> bool:
    """Whether this password logs in."""
    with service.client() as client:
        answer = client.post("/api/auth/login", json={"email": email, "password": password})
    assert answer.status_code in {200, 401}, answer.text
    return answer.status_code == 200


def person(service: Service, **values: object) -> Person:
    """Return somebody new who is logged in; keyword arguments are columns of the account."""
    email = new_address()
    add_users(service, [email], **values)
    return log_in(service, email)


def row_of(service: Service, session_id: UUID) -> RowMapping:
    """Return the row of a session, which exists once."""
    with database(service) as connection:
        return connection.execute(select(SESSIONS).where(SESSIONS.c.id == session_id)).mappings().one()


def change_session(service: Service, session_id: UUID, values: Mapping[str, object]) -> None:
    """Change the row of a session behind the service's back."""
    with database(service) as connection:
        connection.execute(update(SESSIONS).where(SESSIONS.c.id == session_id).values(dict(values)))


def change_user(service: Service, user_id: UUID, values: Mapping[str, object]) -> None:
    """Change the row of an account behind the service's back."""
    with database(service) as connection:
        connection.execute(update(USERS).where(USERS.c.id == user_id).values(dict(values)))
