"""The sessions of an account: listed, ended."""

from __future__ import annotations

from uuid import UUID

from flask import Response
from flask_jwt_extended import jwt_required
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from ..database import now
from ..database import unit_of_work
from ..errors import Refusal
from ..extensions import db
from ..extensions import limiter  # with: limiter
from ..limits import account_limit  # with: limiter
from ..limits import account_or_address  # with: limiter
from ..models import LoginSession
from ..openapi import ACCESS
from .blueprint import blueprint
from .delivery import done
from .guard import alive
from .guard import current_session
from .schemas import SessionList
from .schemas import SessionView
from .users import lock_current_user


def end_sessions(work: Session, user_id: UUID, *, keep: UUID | None = None) -> None:
    """End the sessions of a user, whose row the unit of work has locked.

    Args:
        work: The session of the unit of work.
        user_id: Whose sessions.
        keep: The one that goes on.
    """
    theirs = LoginSession.user_id == user_id, LoginSession.revoked_at.is_(None)
    ending = update(LoginSession).where(*theirs).values(revoked_at=now())
    if keep is not None:
        ending = ending.where(LoginSession.id != keep)
    work.execute(ending, execution_options={"synchronize_session": False})


def end_session(user_id: UUID, session_id: UUID) -> bool:
    """End a session; False when the user has none of this id that is not over."""
    moment = now()
    theirs = LoginSession.id == session_id, LoginSession.user_id == user_id, *alive(moment)
    ending = update(LoginSession).where(*theirs).values(revoked_at=moment).returning(LoginSession.id)
    with unit_of_work(db) as work:
        return work.scalar(ending, execution_options={"synchronize_session": False}) is not None


@blueprint.get("/auth/sessions")
@blueprint.doc(security=ACCESS)
@blueprint.output(SessionList)
@jwt_required()
def list_sessions() -> SessionList:
    """List the sessions of the account."""
    current = current_session()
    theirs = LoginSession.user_id == current.user_id, *alive(now())
    query = select(LoginSession).where(*theirs).order_by(LoginSession.last_used_at.desc(), LoginSession.id)
    views = [SessionView.model_validate(session) for session in db.session.scalars(query)]
    return SessionList(sessions=[view.model_copy(update={"current": view.id == current.id}) for view in views])


@blueprint.delete("/auth/sessions")
@blueprint.doc(security=ACCESS, responses=[204])
@jwt_required(fresh=True)
@limiter.limit(account_limit, key_func=account_or_address)  # with: limiter
def end_all() -> Response:
    """End all sessions of the account, this one too. Takes a fresh token."""
    with unit_of_work(db) as work:
        end_sessions(work, lock_current_user(work).id)
    return done(forget=True)


@blueprint.delete("/auth/sessions/<uuid:session_id>")
@blueprint.doc(security=ACCESS, responses=[204])
@jwt_required(fresh=True)
@limiter.limit(account_limit, key_func=account_or_address)  # with: limiter
def end_one(session_id: UUID) -> Response:
    """End one session of the account. Takes a fresh token; logging out, which ends the current one, does not."""
    current = current_session()
    is_current, user_id = session_id == current.id, current.user_id
    if not end_session(user_id, session_id):
        raise Refusal(404, "There is no such session.")
    return done(forget=is_current)
