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
from ..models import Link
from ..models import User


def make_link(work: Session, purpose: str, email: str, user: User | None) -> Link:
    """Make a link; older ones of the same user and purpose stop working.

    Args:
        work: The session of a unit of work.
        purpose: `verify`, `reset` or `email`.
        email: Where the link is sent; for `email` the new address.
        user: Whose account it opens; None makes one that opens nothing.
    """
    moment = now()
    if user is not None:
        older = Link.user_id == user.id, Link.purpose == purpose, Link.used_at.is_(None)
        work.execute(update(Link).where(*older).values(used_at=moment))
    link_id = uuid4()
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


def link_token(link_id: UUID, purpose: str) -> str:
    """The token of a link, as a mail carries it: 43 characters, safe in URLs."""
    key = settings_of().jwt_secret_key.get_secret_value().encode()
    raw = hmac.new(key, f"link:{purpose}:{link_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def redeem(work: Session, purpose: str, token: str) -> Link | None:
    """Use a link up. None when there is none, it was used, is too old, or opens nothing."""
    moment = now()
    valid = (
        Link.token_hash == _digest(token),
        Link.purpose == purpose,
        Link.used_at.is_(None),
        Link.expires_at > moment,
        Link.user_id.is_not(None),
    )
    link = work.scalars(select(Link).where(*valid).with_for_update()).one_or_none()
    if link is not None:
        link.used_at = moment
    return link


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
