# with: mail
"""What the tests of the mail put into the outbox, and what they look at there."""

from __future__ import annotations

from datetime import datetime
from datetime import timedelta
from email import message_from_bytes
from email import policy
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy import update

from shop.accounts.links import make_link
from shop.database import now
from shop.database import unit_of_work
from shop.extensions import db
from shop.mail.outbox import enqueue
from shop.models import Link
from shop.models import OutgoingMail
from shop.models import User

ANN = "ann@example.com"


def put(template: str = "account-deleted", recipient: str = ANN, *, key: str | None = None, **context: str) -> None:
    """Enqueue a mail without a link."""
    with unit_of_work(db) as work:
        enqueue(work, template, recipient, key=key or str(uuid4()), link=None, **context)


def put_link(template: str = "reset", purpose: str = "reset", *, known: bool = True) -> Link:
    """Enqueue a mail with a link, of a user or of nobody."""
    with unit_of_work(db) as work:
        user = User(id=uuid4(), email=ANN, password_hash="-") if known else None
        if user is not None:
            work.add(user)
            work.flush()
        link = make_link(work, purpose, ANN, user)
        enqueue(work, template, ANN, key=f"{template}:{link.id}", link=link)
    return link


def rows() -> list[OutgoingMail]:
    """The outbox as it is, the oldest first."""
    found = select(OutgoingMail).order_by(OutgoingMail.created_at).execution_options(populate_existing=True)
    return list(db.session.scalars(found))


def row() -> OutgoingMail:
    """The only mail there is."""
    (found,) = rows()
    return found


def make_due(when: datetime | None = None) -> None:
    """Let all mails be due, now or then: as if the time had passed."""
    with unit_of_work(db) as work:
        work.execute(update(OutgoingMail).values(due_at=when or now() - timedelta(seconds=1)))


def kept(directory: Path) -> list[EmailMessage]:
    """The mails in `directory/mail`, where they are kept without a server."""
    files = sorted((directory / "mail").glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), EmailMessage, policy=policy.default) for file in files]


def text(message: EmailMessage, kind: str = "plain") -> str:
    """The text of a mail, or its HTML."""
    body = message.get_body((kind,))
    return "" if body is None else str(body.get_content())
