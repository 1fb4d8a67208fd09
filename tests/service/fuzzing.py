"""What schemathesis is told of the service: its hooks, loaded by name into its own process.

Random data opens nothing: tokens, links and ids come from the service. So each request gets a token of an account made
for it (a logout or a new password of one request must not disturb the next), and every other valid request has real
things in place of the random ones. Invalid requests stay as they are.

The environment says which service it is: `FUZZED_DATABASE`, `FUZZED_SECRET`, and as whom it is asked, `FUZZED_ROLE`:
"admin", "user", or "" for requests without a token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import schemathesis
from argon2 import PasswordHasher
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Uuid, create_engine, insert

from tests.service.people import PASSWORD, USERS, new_address
from tests.service.tokens import claims_of, forge

MOMENT = DateTime(timezone=True)
_metadata = MetaData()
SESSIONS = Table(
    "sessions",
    _metadata,
    Column("id", Uuid),
    Column("user_id", Uuid),
    *(Column(name, Integer) for name in ("epoch", "generation")),
    *(Column(name, String) for name in ("token_hash", "user_agent", "address")),
    *(Column(name, MOMENT) for name in ("created_at", "last_used_at", "expires_at")),
)
LINKS = Table(
    "links",
    _metadata,
    Column("id", Uuid),
    Column("user_id", Uuid),
    *(Column(name, String) for name in ("purpose", "email", "token_hash")),
    *(Column(name, MOMENT) for name in ("created_at", "expires_at")),
)
ITEMS = Table(
    "items",
    _metadata,
    Column("id", Integer, primary_key=True),
    *(Column(name, String) for name in ("name", "description", "category")),
    Column("price", Integer),
    *(Column(name, MOMENT) for name in ("created_at", "updated_at")),
)

Case = schemathesis.Case[Any]

ROLE = os.environ["FUZZED_ROLE"]
SECRET = os.environ["FUZZED_SECRET"]
HASH = PasswordHasher(1, 8, 1).hash(PASSWORD)
_database = create_engine(os.environ["FUZZED_DATABASE"])
_numbers = itertools.count()


def put(table: Table, **values: object) -> Any:  # noqa: ANN401 - an id
    """Put a row into the database and return its id."""
    with _database.begin() as connection:
        key = connection.execute(insert(table).values(values)).inserted_primary_key
    return values.get("id", key and key[0])


def user(role: str = "user") -> tuple[UUID, str]:
    """Make an account and return its id and its address."""
    address, moment = new_address(), datetime.now(UTC)
    columns = {"password_hash": HASH, "verified_at": moment, "created_at": moment}
    return put(USERS, id=uuid4(), email=address, role=role, **columns), address


def session(user_id: UUID) -> tuple[UUID, str]:
    """Make a session of an account, and return its id and that of its refresh token."""
    moment, made, token_id = datetime.now(UTC), uuid4(), uuid4().hex
    put(
        SESSIONS,
        id=made,
        user_id=user_id,
        epoch=0,
        generation=0,
        token_hash=hashlib.sha256(token_id.encode()).hexdigest(),
        user_agent="",
        address="",
        created_at=moment,
        last_used_at=moment,
        expires_at=moment + timedelta(days=1),
    )
    return made, token_id


def link(purpose: str) -> str:
    """Make a link of a new account and return its token."""
    made, moment = uuid4(), datetime.now(UTC)
    raw = hmac.new(SECRET.encode(), f"link:{purpose}:{made}".encode(), hashlib.sha256).digest()
    token = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    put(
        LINKS,
        id=made,
        user_id=user()[0],
        purpose=purpose,
        email=new_address(),
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        created_at=moment,
        expires_at=moment + timedelta(hours=1),
    )
    return token


def item() -> int:
    """Make an item and return its id."""
    moment = datetime.now(UTC)
    columns = {"name": "boat", "description": "", "category": "boats", "price": 7}
    return int(put(ITEMS, **columns, created_at=moment, updated_at=moment))


def cursor(key: object) -> str:
    """Return the cursor after a key."""
    return base64.urlsafe_b64encode(f"after:{key}".encode()).rstrip(b"=").decode()


@schemathesis.auth(refresh_interval=None)
class Login:
    """A new login for each request."""

    def get(self, case: Case, context: schemathesis.AuthContext) -> str | None:
        """Return a token of the kind that the operation asks for; none where it asks for none."""
        _ = case
        security = context.operation.definition.raw.get("security")
        if not ROLE or not security:
            return None
        user_id, _ = user(ROLE)
        session_id, token_id = session(user_id)
        now = int(time.time())
        claims: dict[str, Any] = {"sub": str(user_id), "sid": str(session_id), "aud": "shop", "iss": "shop"}
        claims |= {"iat": now, "nbf": now, "exp": now + 3600, "jti": token_id}
        if "refresh" in security[0]:
            return forge({**claims, "type": "refresh", "fresh": False, "gen": 0}, SECRET)
        return forge({**claims, "type": "access", "fresh": now + 3600, "ep": 0}, SECRET)

    def set(self, case: Case, data: str, context: schemathesis.AuthContext) -> None:
        """Put the token into the request."""
        _ = context
        case.headers["Authorization"] = f"Bearer {data}"


def _body(**values: Callable[[], Any]) -> Callable[[Case], None]:
    def fill(case: Case) -> None:
        if isinstance(case.body, dict):
            case.body = {**case.body, **{name: make() for name, make in values.items()}}

    return fill


def _path(name: str, make: Callable[[], Any]) -> Callable[[Case], None]:
    def fill(case: Case) -> None:
        if case.meta is None or case.meta.phase.name.value != "stateful":  # which has ids of its own
            case.path_parameters = {**case.path_parameters, name: make()}

    return fill


def _own_session(case: Case) -> None:
    if ROLE:
        mine = UUID(claims_of(case.headers["Authorization"].split()[1])["sub"])
        case.path_parameters = {**case.path_parameters, "session_id": str(session(mine)[0])}


REAL: dict[str, Callable[[Case], None]] = {
    "POST /api/auth/login": _body(email=lambda: user()[1], password=lambda: PASSWORD),
    "POST /api/auth/verify": _body(token=lambda: link("verify")),
    "POST /api/auth/reset/confirm": _body(token=lambda: link("reset")),
    "POST /api/auth/email/confirm": _body(token=lambda: link("email")),
    "POST /api/auth/fresh": _body(password=lambda: PASSWORD),
    "POST /api/auth/password": _body(current_password=lambda: PASSWORD),
    "DELETE /api/account": _body(password=lambda: PASSWORD),
    "DELETE /api/auth/sessions/{session_id}": _own_session,
    "GET /api/items/{item_id}": _path("item_id", item),
    "PATCH /admin/items/{item_id}": _path("item_id", item),
    "DELETE /admin/items/{item_id}": _path("item_id", item),
    "GET /api/categories/{name}": _path("name", lambda: item() and "boats"),
    "PATCH /admin/users/{user_id}": _path("user_id", lambda: str(user()[0])),
    "DELETE /admin/users/{user_id}/sessions": _path("user_id", lambda: str(user()[0])),
}
"""What is put in place of what is random, by operation."""

CURSORS = {"GET /api/items": item, "GET /admin/users": uuid4}
"""Cursors come from the page before, which no schema can say: a valid request never has a random one."""


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Put real things into every other valid request, and a real cursor into each."""
    _ = context, kwargs
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    label = case.operation.label
    if label in CURSORS and case.query.get("cursor") is not None:
        case.query = {**case.query, "cursor": cursor(CURSORS[label]())}
    if label in REAL and next(_numbers) % 2 == 0:
        REAL[label](case)
