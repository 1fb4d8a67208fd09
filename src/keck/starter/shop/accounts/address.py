# with: mail
"""Another address for an account: asked for with a fresh token, confirmed by a link that is sent there."""

from __future__ import annotations

from flask import Response
from flask_jwt_extended import jwt_required
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..database import now
from ..database import unit_of_work
from ..extensions import db
from ..extensions import limiter  # with: limiter
from ..limits import account_or_address  # with: limiter
from ..limits import reset_limit  # with: limiter
from ..mail.outbox import enqueue
from ..mail.outbox import wake
from ..models import User
from ..openapi import ACCESS
from .blueprint import blueprint
from .delivery import done
from .links import invalid_link
from .links import make_link
from .links import redeem
from .links import void_links
from .schemas import Accepted
from .schemas import Address
from .schemas import LinkToken
from .users import lock_current_user


@blueprint.post("/account/email")
@blueprint.doc(security=ACCESS)
@blueprint.output(Accepted, status_code=202)
@jwt_required(fresh=True)
@limiter.limit(reset_limit, key_func=account_or_address)  # with: limiter
@blueprint.input(Address, arg_name="data")
def change_address(data: Address) -> Accepted:
    """Ask for a link that makes another address that of the account. Takes a fresh token.

    The answer is the same whether or not the address has an account; when it has, no mail is sent there.
    """
    with unit_of_work(db) as work:
        user = lock_current_user(work)
        void_links(work, user.id, "email")  # also when the address is taken: a link that still works would tell
        is_taken = work.scalar(select(User.id).where(User.email == data.email)) is not None
        link = make_link(work, "email", data.email, None if is_taken else user)
        enqueue(work, "email-change", data.email, key=f"email-change:{link.id}", link=link)
    wake()
    return Accepted(detail="Follow the link in the mail that is on its way to the new address.")


@blueprint.post("/auth/email/confirm")
@blueprint.doc(responses=[204, 404])
@blueprint.input(LinkToken, arg_name="data")
def confirm_address(data: LinkToken) -> Response:
    """Take the address that a link was sent to. The old one is told.

    When somebody else has taken the address since, the link is as invalid as any other.
    """
    try:
        with unit_of_work(db) as work:
            link, user = redeem(work, "email", data.token)
            old, user.email, user.verified_at = user.email, link.email, now()
            void_links(work, user.id)
            enqueue(work, "email-changed", old, key=f"email-changed:{link.id}", new_email=link.email)
    except IntegrityError:
        raise invalid_link() from None
    wake()
    return done()
