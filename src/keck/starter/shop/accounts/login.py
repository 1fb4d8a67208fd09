"""Logging in, keeping the session alive, logging out."""

from __future__ import annotations

from flask import Response
from flask import request
from flask_jwt_extended import get_jwt
from flask_jwt_extended import jwt_required

from ..database import unit_of_work
from ..errors import Refusal
from ..extensions import db
from ..extensions import limiter  # with: limiter
from ..limits import account_limit  # with: limiter
from ..limits import account_or_address  # with: limiter
from ..limits import login_limit  # with: limiter
from ..limits import refresh_limit  # with: limiter
from ..metrics import count
from ..models import User
from ..openapi import ACCESS
from ..openapi import REFRESH
from .blueprint import blueprint
from .delivery import deliver_access
from .delivery import deliver_pair
from .delivery import done
from .guard import current_session
from .guard import refused
from .passwords import hash_password
from .passwords import needs_rehash
from .passwords import verify_password
from .refresh import Tokens
from .refresh import fresh_access
from .refresh import open_session
from .refresh import refresh
from .schemas import AccessToken
from .schemas import Credentials
from .schemas import PasswordShown
from .schemas import TokenPair
from .sessions import end_session
from .users import find_user
from .users import lock_confirmed_user
from .users import lock_user


@blueprint.post("/auth/login")
@blueprint.doc(responses=[401, 403])
@blueprint.output(TokenPair)
@limiter.limit(login_limit)  # with: limiter
@blueprint.input(Credentials, arg_name="data")
def login(data: Credentials) -> TokenPair | Response:
    """Log in: begin a session.

    The answer is the same, and takes as long, whether the address is unknown, the password wrong or the account
    disabled. Only who shows the right password is told that the address has yet to be verified.
    """
    user = find_user(data.email)
    fits = verify_password(user.password_hash if user is not None else None, data.password)
    if user is None or not fits or user.disabled_at is not None:
        return _wrong()
    if user.verified_at is None:
        raise Refusal(403, "Verify the e-mail address first.", code="email-not-verified")
    tokens = _open(user, data.password)
    return deliver_pair(tokens) if tokens is not None else _wrong()


def _open(user: User, password: str) -> Tokens | None:
    """Open a session for a user who has shown the password; None when the account was changed meanwhile."""
    user_id, shown = user.id, user.password_hash
    newest = hash_password(password) if needs_rehash(shown) else shown
    with unit_of_work(db) as work:
        locked = lock_user(work, User.id == user_id)
        if locked is None or locked.disabled_at is not None:
            return None
        if locked.password_hash == shown:
            locked.password_hash = newest
        elif not verify_password(locked.password_hash, password):
            return None
        agent, address = request.user_agent.string, request.remote_addr or ""
        return open_session(work, locked, user_agent=agent, address=address)


def _wrong() -> Response:
    count("login_failed")
    return refused("The e-mail address or the password is wrong.", "Bearer", code="wrong-credentials")


@blueprint.post("/auth/refresh")
@blueprint.doc(security=REFRESH)
@blueprint.output(TokenPair)
@limiter.limit(refresh_limit)  # with: limiter
@jwt_required(refresh=True)
def refresh_tokens() -> TokenPair | Response:
    """Spend the refresh token for new tokens.

    Whoever sends a spent one again, after its successor was used or too late, ends the session.
    """
    tokens = refresh(get_jwt())
    return deliver_pair(tokens) if tokens is not None else refused("The refresh token was used before.")


@blueprint.post("/auth/fresh")
@blueprint.doc(security=ACCESS, responses=[403])
@blueprint.output(AccessToken)
@jwt_required()
@limiter.limit(login_limit, key_func=account_or_address)  # with: limiter
@blueprint.input(PasswordShown, arg_name="data")
def show_password(data: PasswordShown) -> AccessToken | Response:
    """Show the password again, for a fresh access token. Access tokens that the session had before end."""
    with unit_of_work(db) as work:
        lock_confirmed_user(work, data.password)
        access_token = fresh_access(work, current_session())
    return deliver_access(access_token)


@blueprint.post("/auth/logout")
@blueprint.doc(security=ACCESS, responses=[204])
@jwt_required()
@limiter.limit(account_limit, key_func=account_or_address)  # with: limiter
def logout() -> Response:
    """Log out: end the session of the token, with all its tokens."""
    session = current_session()
    end_session(session.user_id, session.id)
    return done(forget=True)
