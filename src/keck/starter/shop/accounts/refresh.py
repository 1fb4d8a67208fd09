"""Refresh tokens: one family a login, one head a family.

A refresh spends the head and makes the next generation. When the answer to it was lost, the spent token may be sent
again for some seconds, as long as its successor is unused, and gets that same successor. Any other use of a spent
token means that two parties hold it: the family is revoked, and both have to log in.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from typing import Any
from uuid import UUID
from uuid import uuid4

import structlog
from flask_jwt_extended import create_access_token
from flask_jwt_extended import create_refresh_token
from sqlalchemy import CursorResult
from sqlalchemy import Result
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from ..config import settings_of
from ..database import now
from ..database import unit_of_work
from ..extensions import db
from ..metrics import count
from ..models import LoginSession
from ..models import User
from .guard import alive

FRESH_FOR = timedelta(minutes=5)

log = structlog.get_logger()


@dataclass(frozen=True)
class Tokens:
    """What a login or a refresh gives. `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


def open_session(work: Session, user: User, *, user_agent: str, address: str) -> Tokens:
    """Begin a family: the session of a login, with its first tokens, of which the access token is fresh.

    Args:
        work: The session of a unit of work.
        user: Whose session; the row is locked, so that logins at the same time count each other's.
        user_agent: What the client says that it is.
        address: Where the client is.
    """
    moment, session_id = now(), uuid4()
    _make_room(work, user.id, moment)
    session = LoginSession(
        id=session_id,
        user_id=user.id,
        epoch=0,
        generation=0,
        token_hash=_digest(_token_id(session_id, 0)),
        created_at=moment,
        last_used_at=moment,
        expires_at=moment + timedelta(days=settings_of().refresh_days),
        user_agent=user_agent.replace("\x00", "")[:200],
        address=address[:45],
    )
    work.add(session)
    return _tokens(session, fresh=True)


def _make_room(work: Session, user_id: UUID, moment: datetime) -> None:
    """End the sessions that were idle for longest, so that one more is not one too many."""
    theirs = LoginSession.user_id == user_id, *alive(moment)
    by_use = select(LoginSession.id).where(*theirs).order_by(LoginSession.last_used_at.desc(), LoginSession.id)
    surplus = by_use.offset(settings_of().sessions_per_user - 1)
    ending = update(LoginSession).where(LoginSession.id.in_(surplus)).values(revoked_at=moment)
    work.execute(ending, execution_options={"synchronize_session": False})


def refresh(claims: dict[str, Any]) -> Tokens | None:
    """Spend a refresh token that the guard has verified.

    Args:
        claims: Its claims: `sid` the session, `gen` the generation, `jti` its id.

    Returns:
        The tokens of the next generation, or of the same one again within the grace; None when the token is refused,
        after which its family is revoked.
    """
    session_id, generation, digest = UUID(claims["sid"]), int(claims["gen"]), _digest(claims["jti"])
    moment = now()
    with unit_of_work(db) as work:
        live = LoginSession.id == session_id, *alive(moment)
        spent = work.execute(
            update(LoginSession)
            .where(*live, LoginSession.generation == generation, LoginSession.token_hash == digest)
            .values(
                generation=generation + 1,
                token_hash=_digest(_token_id(session_id, generation + 1)),
                spent_hash=digest,
                last_used_at=moment,
            )
            .execution_options(synchronize_session=False)
        )
        session = work.scalars(
            select(LoginSession).where(*live).with_for_update().execution_options(populate_existing=True)
        ).one_or_none()
        if session is None:
            return None
        if _rows(spent) or _answer_was_lost(session, generation, digest, moment):
            return _tokens(session, fresh=False)
        session.revoked_at = moment
    count("refresh_reused")
    log.warning("refresh token reused", session=str(session_id), generation=generation)
    return None


def _answer_was_lost(session: LoginSession, generation: int, digest: str, moment: datetime) -> bool:
    return (
        session.generation == generation + 1
        and session.spent_hash == digest
        and moment - session.last_used_at <= timedelta(seconds=settings_of().reuse_seconds)
    )


def fresh_access(work: Session, session: LoginSession) -> str:
    """A fresh access token for a session whose user has just shown the password; its older ones end.

    Args:
        work: The session of a unit of work.
        session: The login session, loaded in it.
    """
    session.epoch = LoginSession.epoch + 1
    work.flush()
    return _access(session, fresh=True)


def _tokens(session: LoginSession, *, fresh: bool) -> Tokens:
    token_id = _token_id(session.id, session.generation)
    return Tokens(
        access_token=_access(session, fresh=fresh),
        refresh_token=create_refresh_token(
            str(session.user_id),
            expires_delta=session.expires_at - now(),
            additional_claims={"sid": str(session.id), "gen": session.generation, "jti": token_id},
        ),
        expires_in=settings_of().access_minutes * 60,
    )


def _access(session: LoginSession, *, fresh: bool) -> str:
    claims = {"sid": str(session.id), "ep": session.epoch}
    token: str = create_access_token(str(session.user_id), fresh=fresh and FRESH_FOR, additional_claims=claims)
    return token


def _token_id(session_id: UUID, generation: int) -> str:
    """The `jti` of a generation: derived, so that the same generation can be given again without being stored."""
    key = settings_of().jwt_secret_key.get_secret_value().encode()
    return hmac.new(key, f"refresh:{session_id}:{generation}".encode(), hashlib.sha256).hexdigest()


def _digest(token_id: str) -> str:
    return hashlib.sha256(token_id.encode()).hexdigest()


def _rows(result: Result[Any]) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
