"""Tokens: made at login, checked on every request that needs an account."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

import jwt
from fastapi import Depends, HTTPException, Request
from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from .settings import settings
from .tables import LoginSession, User, now, session

AUDIENCE = ISSUER = "shop"
REQUIRED = ["exp", "iat", "aud", "iss", "sub", "jti", "type", "sid", "ep"]
FRESH_FOR = timedelta(minutes=5)
SESSION_OF_TOKEN = (
    select(LoginSession)
    .join(LoginSession.user)
    .options(contains_eager(LoginSession.user))
    .where(
        LoginSession.id == bindparam("session_id"),
        User.id == bindparam("user_id"),
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > bindparam("moment"),
        LoginSession.last_used_at > bindparam("used"),
        User.disabled_at.is_(None),
    )
)
"""Built once: building it takes longer than sending it."""


def unauthenticated() -> HTTPException:
    """The answer to a request without a valid token."""
    return HTTPException(401, "The token is not valid.", {"WWW-Authenticate": 'Bearer error="invalid_token"'})


async def claims_of(request: Request) -> dict[str, Any]:
    """The claims of the request's access token, verified: signature, times, audience, issuer, type.

    Raises:
        HTTPException: 401, there is none, or it is not valid.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer":
        raise unauthenticated()
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            settings.jwt_secret_key,
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": REQUIRED},
        )
    except jwt.InvalidTokenError:
        raise unauthenticated() from None
    if claims["type"] != "access":
        raise unauthenticated()
    return claims


async def current_user(
    claims: Annotated[dict[str, Any], Depends(claims_of)], reader: Annotated[AsyncSession, Depends(session)]
) -> User:
    """The user of the token's session, both read by one query.

    Raises:
        HTTPException: 401, the session is over or the account gone or disabled.
    """
    moment = now()
    values = {
        "session_id": UUID(claims["sid"]),
        "user_id": UUID(claims["sub"]),
        "moment": moment,
        "used": moment - timedelta(days=settings.idle_days),
    }
    found = (await reader.scalars(SESSION_OF_TOKEN, values)).one_or_none()
    if found is None or found.epoch != claims["ep"]:
        raise unauthenticated()
    user: User = found.user
    return user


def alive(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """What holds of a session that is not over: neither ended, nor too old, nor idle for too long."""
    return (
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > moment,
        LoginSession.last_used_at > moment - timedelta(days=settings.idle_days),
    )


def _token_id(session_id: UUID, generation: int) -> str:
    text = f"refresh:{session_id}:{generation}".encode()
    return hmac.new(settings.jwt_secret_key.encode(), text, hashlib.sha256).hexdigest()


async def open_session(work: AsyncSession, user: User, user_agent: str, address: str) -> tuple[str, str]:
    """Write the session of a login, end those that were idle for longest, and return access and refresh token."""
    moment, session_id = now(), uuid4()
    theirs = LoginSession.user_id == user.id, *alive(moment)
    by_use = select(LoginSession.id).where(*theirs).order_by(LoginSession.last_used_at.desc(), LoginSession.id)
    surplus = by_use.offset(settings.sessions_per_user - 1)
    ending = update(LoginSession).where(LoginSession.id.in_(surplus)).values(revoked_at=moment)
    await work.execute(ending, execution_options={"synchronize_session": False})
    token_id = _token_id(session_id, 0)
    opened = LoginSession(
        id=session_id,
        user_id=user.id,
        epoch=0,
        generation=0,
        token_hash=hashlib.sha256(token_id.encode()).hexdigest(),
        created_at=moment,
        last_used_at=moment,
        expires_at=moment + timedelta(days=settings.refresh_days),
        user_agent=user_agent[:200],
        address=address[:45],
    )
    work.add(opened)
    shared = {"sub": str(user.id), "sid": str(session_id), "iss": ISSUER, "aud": AUDIENCE, "iat": moment, "nbf": moment}
    access = {
        **shared,
        "type": "access",
        "ep": 0,
        "jti": str(uuid4()),
        "fresh": int((moment + FRESH_FOR).timestamp()),
        "exp": moment + timedelta(minutes=settings.access_minutes),
    }
    refresh = {**shared, "type": "refresh", "jti": token_id, "gen": 0, "fresh": False, "exp": opened.expires_at}
    key = settings.jwt_secret_key
    return jwt.encode(access, key, algorithm="HS256"), jwt.encode(refresh, key, algorithm="HS256")
