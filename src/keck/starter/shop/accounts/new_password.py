"""New passwords: changed by who knows the old one, reset by who owns the address."""

from __future__ import annotations

from uuid import uuid4  # with: mail

from flask import Response
from flask_jwt_extended import jwt_required
from sqlalchemy.orm import Session

from ..database import now
from ..database import unit_of_work
from ..extensions import db
from ..extensions import limiter  # with: limiter
from ..limits import account_or_address  # with: limiter
from ..limits import login_limit  # with: limiter
from ..limits import reset_limit  # with: limiter+mail
from ..mail.outbox import enqueue  # with: mail
from ..mail.outbox import wake  # with: mail
from ..models import User
from ..openapi import ACCESS
from .blueprint import blueprint
from .delivery import done
from .guard import current_session
from .links import make_link  # with: mail
from .links import redeem
from .links import void_links
from .passwords import hash_password
from .schemas import Accepted  # with: mail
from .schemas import Address  # with: mail
from .schemas import PasswordChange
from .schemas import PasswordReset
from .sessions import end_sessions
from .users import lock_confirmed_user
from .users import lock_user  # with: mail
from .users import refuse_weak


def set_password(work: Session, user: User, password: str) -> None:
    """Give a user, whose row is locked, a new password. Links that were sent for the old one open nothing any more.

    Raises:
        Refusal: 409, the password is easily guessed.
    """
    refuse_weak(password, user.email)
    user.password_hash = hash_password(password)
    void_links(work, user.id)
    enqueue(work, "password-changed", user.email, key=f"password-changed:{uuid4()}")  # with: mail


@blueprint.post("/auth/password")
@blueprint.doc(security=ACCESS, responses=[204, 403, 409])
@jwt_required()
@limiter.limit(login_limit, key_func=account_or_address)  # with: limiter
@blueprint.input(PasswordChange, arg_name="data")
def change_password(data: PasswordChange) -> Response:
    """Change the password. All other sessions end."""
    keep = current_session().id
    with unit_of_work(db) as work:
        user = lock_confirmed_user(work, data.current_password)
        set_password(work, user, data.new_password)
        end_sessions(work, user.id, keep=keep)
    wake()  # with: mail
    return done()


# with: mail {
@blueprint.post("/auth/reset")
@blueprint.output(Accepted, status_code=202)
@limiter.limit(reset_limit)  # with: limiter
@blueprint.input(Address, arg_name="data")
def reset(data: Address) -> Accepted:
    """Ask for a mail with a link that sets a new password.

    The answer is the same, and takes as long, whether or not the address has an account.
    """
    with unit_of_work(db) as work:
        user = lock_user(work, User.email == data.email)
        link = make_link(work, "reset", data.email, user if user is not None and user.disabled_at is None else None)
        enqueue(work, "reset", data.email, key=f"reset:{link.id}", link=link)
    wake()
    return Accepted(detail="If this address has an account, a mail is on its way there.")


# with: mail }
@blueprint.post("/auth/reset/confirm")
@blueprint.doc(responses=[204, 404, 409])
@blueprint.input(PasswordReset, arg_name="data")
def confirm_reset(data: PasswordReset) -> Response:
    """Set a new password with the token of a link. All sessions end, and the address counts as verified."""
    with unit_of_work(db) as work:
        _, user = redeem(work, "reset", data.token)
        set_password(work, user, data.password)
        user.verified_at = user.verified_at or now()
        end_sessions(work, user.id)
    wake()  # with: mail
    return done()
