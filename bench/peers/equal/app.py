"""The equal service: `granian --interface asgi peers.equal.app:app`."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from . import limits
from .cached import Made, cached
from .guard import current_user, open_session
from .settings import settings
from .surroundings import Surrounded
from .tables import Item, User, reading, writing

hasher = PasswordHasher(settings.argon2_time_cost, settings.argon2_memory_kib, settings.argon2_parallelism)
NOBODYS = hasher.hash("the password of nobody")

app = FastAPI(title="Equal", openapi_url=None)
app.add_middleware(limits.Limited)
app.add_middleware(
    CORSMiddleware,
    allow_origins=[one for one in settings.public_origins.split(",") if one],
    allow_methods=["GET", "POST", "DELETE", "PATCH"],
    allow_headers=["Authorization", "Content-Type", "If-None-Match", "X-CSRF-TOKEN", "X-Request-ID"],
    expose_headers=["ETag", "Link", "Location", "Retry-After", "X-Request-ID"],
    max_age=600,
)
if settings.surroundings == "1":
    app.add_middleware(Surrounded)


class Output(BaseModel):
    """What is answered, made of rows."""

    model_config = ConfigDict(from_attributes=True)


class Account(Output):
    """What is told of an account."""

    id: UUID
    email: str
    role: str
    created_at: datetime


class ItemOut(Output):
    """An item."""

    id: int
    name: str
    description: str
    category: str
    price: int
    updated_at: datetime


class ItemPage(Output):
    """Some items, and the cursor of those that follow."""

    items: list[ItemOut]
    next: str | None


class Credentials(BaseModel):
    """What a login sends."""

    model_config = ConfigDict(extra="forbid")

    email: str
    password: str


class Tokens(BaseModel):
    """What a login gives."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105 - the field's own word
    expires_in: int


COLUMNS = tuple(getattr(Item, name) for name in ItemOut.model_fields)


@app.get("/livez")
async def lives() -> dict[str, str]:
    """That it answers."""
    return {"status": "ok"}


@app.get("/api/account")
async def account(user: Annotated[User, Depends(current_user)]) -> Account:
    """The account of the token."""
    return Account.model_validate(user)


@app.get("/api/items/{number}")
async def item(request: Request, number: int) -> Response:
    """One item."""

    async def make() -> Made:
        async with reading() as reader:
            row = (await reader.execute(select(*COLUMNS).where(Item.id == number))).one_or_none()
        if row is None:
            raise HTTPException(404, "There is no such item.")
        return ItemOut.model_validate(row).model_dump_json(), None

    return await cached(request, make)


@app.get("/api/items")
async def items(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    category: Annotated[str | None, Query(min_length=1, max_length=40)] = None,
) -> Response:
    """A page of items."""

    async def make() -> Made:
        query = select(*COLUMNS).order_by(Item.id).limit(limit + 1)
        if category is not None:
            query = query.where(Item.category == category)
        if cursor is not None:
            query = query.where(Item.id > key_of(cursor))
        async with reading() as reader:
            found = (await reader.execute(query)).all()
        following = cursor_of(found[limit - 1].id) if len(found) > limit else None
        body = ItemPage(items=[ItemOut.model_validate(row) for row in found[:limit]], next=following)
        kept = {"limit": limit, **({} if category is None else {"category": category}), "cursor": following}
        return body.model_dump_json(), following and f'</api/items?{urlencode(kept)}>; rel="next"'

    return await cached(request, make)


def cursor_of(key: int) -> str:
    """The cursor after the item with this id."""
    return base64.urlsafe_b64encode(f"after:{key}".encode()).rstrip(b"=").decode()


def key_of(cursor: str) -> int:
    """The id in a cursor.

    Raises:
        HTTPException: 422, it is no cursor of ours.
    """
    try:
        return int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).removeprefix(b"after:"))
    except ValueError:
        raise HTTPException(422, "The cursor is not one that this list has given.") from None


def fits(user: User | None, password: str) -> bool:
    """Whether a password is the user's; without a user the answer is no after the same work."""
    try:
        return hasher.verify(user.password_hash if user else NOBODYS, password) and user is not None
    except VerificationError:
        return False


@app.post("/api/auth/login")
async def login(request: Request, credentials: Credentials) -> Tokens:
    """Tokens for an address and its password."""
    address = request.client.host if request.client else ""
    if await limits.exceeded(limits.login, "login", address):
        raise HTTPException(429, "Too many requests.", {"Retry-After": "60"})
    async with reading() as reader:
        user = (await reader.scalars(select(User).where(User.email == credentials.email.lower()))).one_or_none()
    if not await run_in_threadpool(fits, user, credentials.password) or user is None or user.disabled_at is not None:
        raise HTTPException(401, "The e-mail address or the password is wrong.")
    if user.verified_at is None:
        raise HTTPException(403, "Verify the e-mail address first.")
    agent = request.headers.get("User-Agent", "")
    async with writing.begin() as work:
        query = select(User).where(User.id == user.id).with_for_update(key_share=True)
        locked = (await work.scalars(query)).one_or_none()
        if locked is None or locked.password_hash != user.password_hash or locked.disabled_at is not None:
            raise HTTPException(401, "The e-mail address or the password is wrong.")
        access, refresh = await open_session(work, locked, agent, address)
    return Tokens(access_token=access, refresh_token=refresh, expires_in=settings.access_minutes * 60)
