"""Who asks: what Flask-JWT-Extended is told about tokens, and how every refusal answers.

A request's token is looked up with one query: the session it belongs to and that session's user. Importing this
module registers the callbacks on the `jwt` extension.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from datetime import timedelta
from functools import wraps
from typing import Any
from typing import ParamSpec
from typing import TypeVar
from uuid import UUID

from flask import Response
from flask import g
from flask import request
from flask_jwt_extended import current_user
from sqlalchemy import BindParameter
from sqlalchemy import ColumnElement
from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from ..config import settings_of
from ..database import now
from ..errors import Refusal
from ..errors import problem
from ..extensions import db
from ..extensions import jwt
from ..models import LoginSession
from ..models import User

P = ParamSpec("P")
R = TypeVar("R")
Claims = dict[str, Any]
Instant = datetime | BindParameter[datetime]

INVALID = 'Bearer error="invalid_token"'


def refused(detail: str, challenge: str = INVALID, *, code: str = "unauthenticated") -> Response:
    """A 401 that says how to do it right."""
    answer = problem(401, detail, code=code)
    answer.headers["WWW-Authenticate"] = challenge
    return answer


def session_of(claims: Claims) -> LoginSession | None:
    """The live session that a verified token belongs to, with its user; None when either is gone, over or disabled."""
    try:
        session_id, user_id = UUID(claims["sid"]), UUID(claims["sub"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    moment = now()
    idle_since = moment - timedelta(days=settings_of().idle_days)
    asked = {"session_id": session_id, "user_id": user_id, "moment": moment, "idle_since": idle_since}
    found = db.session.scalars(_SESSION, asked).one_or_none()
    return found if found is not None and _is_whole(claims, found) else None


def _is_whole(claims: Claims, session: LoginSession) -> bool:
    """Whether a token is of one of the two kinds that the service makes, with all that it puts into them."""
    if "exp" not in claims or not isinstance(claims.get("jti"), str):
        return False
    if claims["type"] == "refresh":
        return isinstance(claims.get("gen"), int)
    return claims["type"] == "access" and claims.get("ep") == session.epoch


def alive(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """What holds of a session that is not over: neither ended, nor too old, nor idle for too long."""
    return _alive(moment, moment - timedelta(days=settings_of().idle_days))


def _alive(moment: Instant, idle_since: Instant) -> tuple[ColumnElement[bool], ...]:
    return (
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > moment,
        LoginSession.last_used_at > idle_since,
    )


_SESSION = (  # built once: building it costs more than asking
    select(LoginSession)
    .join(LoginSession.user)
    .options(contains_eager(LoginSession.user))
    .where(
        LoginSession.id == bindparam("session_id"),
        User.id == bindparam("user_id"),
        *_alive(bindparam("moment"), bindparam("idle_since")),
        User.disabled_at.is_(None),
    )
)


def disarm_odd_credentials() -> None:
    """Take credentials that no client sends for none at all: Flask-JWT-Extended falls over them, or takes them.

    These are an Authorization header that is a list, a token that is padded, and a CSRF token that is not ASCII.
    """
    environ = request.environ
    credentials = environ.get("HTTP_AUTHORIZATION", "")
    if request.endpoint != "metrics" and ("," in credentials or credentials.endswith("=")):
        del environ["HTTP_AUTHORIZATION"]
    if not environ.get("HTTP_X_CSRF_TOKEN", "").isascii():
        del environ["HTTP_X_CSRF_TOKEN"]


@jwt.token_in_blocklist_loader
def is_revoked(_: Claims, claims: Claims) -> bool:
    """Whether the session of a token is over. Asked on every request; keeps the session for the rest of it."""
    g.login_session = session_of(claims)
    return g.login_session is None


@jwt.user_lookup_loader
def load_user(_: Claims, __: Claims) -> User | None:
    """The user of the session that `is_revoked` has just found."""
    found: LoginSession | None = g.get("login_session")
    return None if found is None else found.user


def current_session() -> LoginSession:
    """The session of the token that the guard of this request has let in."""
    found: LoginSession = g.login_session
    return found


def requires(role: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in only users of this role; stands below `@jwt_required()`.

    Raises:
        Refusal: 403, the user has another role.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if current_user.role != role:
                raise Refusal(403, f"This needs the role {role}.", code="forbidden")
            return view(*args, **kwargs)

        return guarded

    return decorate


@jwt.unauthorized_loader
def _missing(reason: str) -> Response:
    return refused(reason, "Bearer")


@jwt.invalid_token_loader
def _invalid(_: str) -> Response:
    return refused("The token is not valid.")


@jwt.expired_token_loader
def _expired(_: Claims, __: Claims) -> Response:
    return refused("The token has expired.")


@jwt.revoked_token_loader
def _revoked(_: Claims, __: Claims) -> Response:
    return refused("The session of this token is over.")


@jwt.user_lookup_error_loader
def _gone(_: Claims, __: Claims) -> Response:
    return refused("The account of this token is gone.")


@jwt.needs_fresh_token_loader
def _stale(_: Claims, __: Claims) -> Response:
    return refused(
        "Show your password again first: POST /api/auth/fresh.", 'Bearer error="insufficient_user_authentication"'
    )
