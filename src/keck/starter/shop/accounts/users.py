"""Users as the views need them: found by address, locked, asked for their password.

A unit of work that changes what belongs to a user locks the user's row first. All of them wait for each other there,
so that a password that is being replaced opens no session, and nobody waits in a circle.
"""

from __future__ import annotations

from uuid import UUID

from flask import abort
from flask_jwt_extended import get_jwt_identity
from sqlalchemy import ColumnElement
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import Refusal
from ..extensions import db
from ..models import User
from .guard import refused
from .passwords import verify_password
from .passwords import weakness


def find_user(email: str) -> User | None:
    """The user of an address."""
    return db.session.scalars(select(User).where(User.email == email)).one_or_none()


def lock_user(work: Session, criterion: ColumnElement[bool]) -> User | None:
    """The user that a criterion names, locked until the end of the unit of work."""
    query = select(User).where(criterion).with_for_update(key_share=True)
    return work.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def lock_current_user(work: Session) -> User:
    """The user whose token the guard has let in, locked.

    Raises:
        HTTPException: 401, the account was deleted since.
    """
    user = lock_user(work, User.id == UUID(get_jwt_identity()))
    if user is None:
        abort(refused("The account of this token is gone."))
    return user


def lock_confirmed_user(work: Session, password: str) -> User:
    """The user whose token the guard has let in, locked, once the password has been shown.

    Raises:
        HTTPException: 401, the account was deleted since.
        Refusal: 403, the password is wrong.
    """
    user = lock_current_user(work)
    if not verify_password(user.password_hash, password):
        raise Refusal(403, "The password is wrong.", code="wrong-password")
    return user


def refuse_weak(password: str, email: str) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        Refusal: 409, with the reason.
    """
    reason = weakness(password, email)
    if reason is not None:
        raise Refusal(409, reason, code="weak-password")
