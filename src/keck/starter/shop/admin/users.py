"""The views over users: listed, disabled, given a role, their sessions ended."""

from __future__ import annotations

from uuid import UUID

import structlog
from flask import Response
from flask import request
from flask_jwt_extended import current_user
from flask_jwt_extended import jwt_required
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.guard import requires
from ..accounts.sessions import end_sessions
from ..accounts.users import lock_user
from ..database import now
from ..database import unit_of_work
from ..errors import Refusal
from ..extensions import db
from ..extensions import limiter  # with: limiter
from ..limits import account_limit  # with: limiter
from ..limits import account_or_address  # with: limiter
from ..models import User
from ..openapi import ACCESS
from ..paging import next_link
from ..paging import page
from .blueprint import blueprint
from .schemas import UserChange
from .schemas import UserOut
from .schemas import UserPage
from .schemas import UsersQuery

_COLUMNS = tuple(getattr(User, name) for name in UserOut.model_fields)

log = structlog.get_logger()


@blueprint.get("/users")
@blueprint.doc(security=ACCESS, responses=[403])
@blueprint.output(UserPage)
@jwt_required()
@requires("admin")
@limiter.limit(account_limit, key_func=account_or_address)  # with: limiter
@blueprint.input(UsersQuery, location="query", arg_name="query")
def list_users(query: UsersQuery) -> tuple[UserPage, int, dict[str, str]]:
    """List accounts in the order of their ids, a page at a time; or the one of an address."""
    rows = select(*_COLUMNS)
    if query.email is not None:
        rows = rows.where(User.email == query.email)
    shown, cursor = page(rows, User.id, query, UUID)
    link = next_link(request.path, query.model_dump(exclude={"cursor"}), cursor)
    body = UserPage(users=[UserOut.model_validate(row) for row in shown], next=cursor)
    return body, 200, {} if link is None else {"Link": link}


@blueprint.patch("/users/<uuid:user_id>")
@blueprint.doc(security=ACCESS, responses=[403, 409])
@blueprint.output(UserOut)
@jwt_required()
@requires("admin")
@limiter.limit(account_limit, key_func=account_or_address)  # with: limiter
@blueprint.input(UserChange, arg_name="change")
def change_user(user_id: UUID, change: UserChange) -> UserOut:
    """Disable an account or enable it again, give it a role. Disabling ends its sessions; nobody does it to himself."""
    changes = change.model_dump(exclude_unset=True)
    admin_id = current_user.id
    if user_id == admin_id and changes:
        raise Refusal(409, "Somebody else must do this to your account.", code="own-account")
    with unit_of_work(db) as work:
        user = _locked(work, user_id)
        user.role = changes.get("role", user.role)
        if "disabled" in changes:
            user.disabled_at = (user.disabled_at or now()) if changes["disabled"] else None
        if user.disabled_at is not None:
            end_sessions(work, user_id)
        work.flush()
        shown = UserOut.model_validate(user)
    log.info("user changed", admin=str(admin_id), user=str(user_id), **changes)
    return shown


@blueprint.delete("/users/<uuid:user_id>/sessions")
@blueprint.doc(security=ACCESS, responses=[204, 403])
@jwt_required()
@requires("admin")
@limiter.limit(account_limit, key_func=account_or_address)  # with: limiter
def end_users_sessions(user_id: UUID) -> Response:
    """End all sessions of an account: whoever uses it must log in again."""
    admin_id = current_user.id
    with unit_of_work(db) as work:
        _locked(work, user_id)
        end_sessions(work, user_id)
    log.info("sessions ended", admin=str(admin_id), user=str(user_id))
    return Response(status=204)


def _locked(work: Session, user_id: UUID) -> User:
    user = lock_user(work, User.id == user_id)
    if user is None:
        raise Refusal(404, "There is no such user.")
    return user
