"""Registering: an account is of use once its address has been verified."""

from __future__ import annotations

from uuid import uuid4

from flask import Response
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..database import now
from ..database import unit_of_work
from ..extensions import db
from ..extensions import limiter  # with: limiter
from ..limits import register_limit  # with: limiter
from ..mail.outbox import enqueue  # with: mail
from ..mail.outbox import wake  # with: mail
from ..models import User
from .blueprint import blueprint
from .delivery import done
from .links import make_link  # with: mail
from .links import redeem
from .passwords import UNKNOWN
from .passwords import hash_password
from .passwords import verify_password
from .schemas import Accepted
from .schemas import LinkToken
from .schemas import Registration
from .users import find_user
from .users import lock_user
from .users import refuse_weak


@blueprint.post("/auth/register")
@blueprint.doc(responses=[202, 409])
@blueprint.output(Accepted, status_code=202)
@limiter.limit(register_limit)  # with: limiter
@blueprint.input(Registration, arg_name="data")
def register(data: Registration) -> Accepted:
    """Ask for an account.

    The answer is the same whether or not the address has one; what comes of it is told to its owner alone.
    """
    refuse_weak(data.password, data.email)
    known = find_user(data.email)
    earlier = known.password_hash if known is not None else None
    same = verify_password(earlier, data.password)
    fresh = hash_password(data.password)  # also when it is not needed: nobody shall learn from the time it takes
    password_hash = earlier if earlier and same else fresh
    try:
        with unit_of_work(db) as work:
            _enroll(work, data.email, password_hash)
    except IntegrityError:  # somebody registered the address a moment ago: now it is a known one
        with unit_of_work(db) as work:
            _enroll(work, data.email, password_hash)
    wake()  # with: mail
    return Accepted(detail="The account is of use once its address has been verified.")


def _enroll(work: Session, email: str, password_hash: str) -> None:
    """Make an account, or ask once more for the verification of one that was never verified.

    A second registration with another password makes the password of an unverified account unknown: one of the two may
    be a stranger's, who waits for the owner to verify it. The owner resets it.
    """
    user = lock_user(work, User.email == email)
    if user is not None and user.verified_at is not None:
        # with: mail {
        make_link(work, "verify", email, None)  # opens nothing: what is done for a known address costs the same
        enqueue(work, "already-registered", email, key=f"already-registered:{user.id}:{now():%Y-%m-%d}")
        # with: mail }
        return
    if user is None:
        user = User(id=uuid4(), email=email, password_hash=password_hash)
        work.add(user)
    elif user.password_hash != password_hash:
        user.password_hash = UNKNOWN
    work.flush()
    # with: mail {
    link = make_link(work, "verify", email, user)
    enqueue(work, "verify", email, key=f"verify:{link.id}", link=link)
    # with: mail }


@blueprint.post("/auth/verify")
@blueprint.doc(responses=[204, 404])
@blueprint.input(LinkToken, arg_name="data")
def verify(data: LinkToken) -> Response:
    """Verify an address with the token of the link that was sent there."""
    with unit_of_work(db) as work:
        _, user = redeem(work, "verify", data.token)
        user.verified_at = now()
    return done()
