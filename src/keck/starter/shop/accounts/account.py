"""The account itself: shown, deleted."""

from __future__ import annotations

from flask import Response
from flask_jwt_extended import current_user
from flask_jwt_extended import jwt_required
from sqlalchemy import delete

from ..database import unit_of_work
from ..extensions import db
from ..extensions import limiter  # with: limiter
from ..limits import account_or_address  # with: limiter
from ..limits import login_limit  # with: limiter
from ..mail.outbox import enqueue  # with: mail
from ..mail.outbox import wake  # with: mail
from ..models import User
from ..openapi import ACCESS
from .blueprint import blueprint
from .delivery import done
from .schemas import AccountView
from .schemas import PasswordShown
from .users import lock_confirmed_user


@blueprint.get("/account")
@blueprint.doc(security=ACCESS)
@blueprint.output(AccountView)
@jwt_required()
def show_account() -> AccountView:
    """Show the account."""
    return AccountView.model_validate(current_user)


@blueprint.delete("/account")
@blueprint.doc(security=ACCESS, responses=[204, 403])
@jwt_required(fresh=True)
@limiter.limit(login_limit, key_func=account_or_address)  # with: limiter
@blueprint.input(PasswordShown, arg_name="data")
def delete_account(data: PasswordShown) -> Response:
    """Delete the account with all that belongs to it. Takes a fresh token and the password."""
    with unit_of_work(db) as work:
        user = lock_confirmed_user(work, data.password)
        enqueue(work, "account-deleted", user.email, key=f"account-deleted:{user.id}")  # with: mail
        work.execute(delete(User).where(User.id == user.id), execution_options={"synchronize_session": False})
    wake()  # with: mail
    return done(forget=True)
