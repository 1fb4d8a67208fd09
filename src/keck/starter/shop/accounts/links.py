"""Links in mails: made, handed out, redeemed once.

The token of a link is derived from its row's id with the service's secret, so that a mail that is sent twice carries
the same token, and neither the table nor the outbox holds anything that opens an account.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from ..config import settings_of
from ..database import now
from ..errors import Refusal
from ..models import Link
from ..models import User
from .users import lock_user


def make_link(work: Session, purpose: str, email: str, user: User | None) -> Link:
    """Make a link; older ones of the same user and purpose stop working.

    Args:
        work: The session of a unit of work.
        purpose: `verify`, `reset` or `email`.
        email: Where the link is sent; for `email` the new address.
        user: Whose account it opens, with its row locked; None makes one that opens nothing, with the same work.
    """
    moment, link_id = now(), uuid4()
    void_links(work, user.id if user is not None else link_id, purpose)
    link = Link(
        id=link_id,
        user_id=user.id if user is not None else None,
        purpose=purpose,
        email=email,
        token_hash=_digest(link_token(link_id, purpose)),
        created_at=moment,
        expires_at=moment + timedelta(minutes=settings_of().link_minutes),
    )
    work.add(link)
    return link


def void_links(work: Session, user_id: UUID, purpose: str | None = None) -> None:
    """Make a user's links, of one purpose or of all, open nothing any more."""
    voiding = update(Link).where(Link.user_id == user_id, Link.used_at.is_(None)).values(used_at=now())
    if purpose is not None:
        voiding = voiding.where(Link.purpose == purpose)
    work.execute(voiding, execution_options={"synchronize_session": False})


def link_token(link_id: UUID, purpose: str) -> str:
    """The token of a link, as a mail carries it: 43 characters, safe in URLs."""
    key = settings_of().jwt_secret_key.get_secret_value().encode()
    raw = hmac.new(key, f"link:{purpose}:{link_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def redeem(work: Session, purpose: str, token: str) -> tuple[Link, User]:
    """Use a link up.

    Returns:
        The link, and the user whose account it opens, with the row locked.

    Raises:
        Refusal: 404, there is no such link: it never was, was used, is too old, or opens nothing.
    """
    named = Link.token_hash == _digest(token), Link.purpose == purpose
    user = lock_user(work, User.id == select(Link.user_id).where(*named).scalar_subquery())
    moment = now()
    valid = Link.used_at.is_(None), Link.expires_at > moment, Link.user_id.is_not(None)
    link = work.scalars(select(Link).where(*named, *valid)).one_or_none()
    if user is None or link is None:
        raise invalid_link()
    link.used_at = moment
    return link, user


def invalid_link() -> Refusal:
    """What is answered to a link that opens nothing, whatever the reason."""
    return Refusal(404, "This link is not valid, or not any more.", code="invalid-link")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
