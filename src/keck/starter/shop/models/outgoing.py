# with: mail
"""The outbox: mails that are to be delivered, and those that were."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from uuid import uuid4

from sqlalchemy import JSON
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import String
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from ..database import Moment
from ..database import now
from .base import Model

PENDING = "pending"
"""To be delivered at `due_at`; while a worker has it, that is when its lease ends."""
SENT = "sent"
"""The SMTP server has taken it."""
DROPPED = "dropped"
"""Not worth sending: its link opens nothing (any more)."""
DEAD = "dead"
"""Given up: refused for good, or failed too often. `flask mail retry` revives it."""


class OutgoingMail(Model):
    """A mail: a row written in the transaction of the change that causes it.

    `key` is what makes it one mail (a second row of the same key is refused), `message_id` is the Message-ID of every
    try to send it. `context` never holds a secret: the token of `link_id` is derived when the mail is written out.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    template: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(254))
    context: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    link_id: Mapped[UUID | None] = mapped_column(ForeignKey("links.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(String(300), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    state: Mapped[str] = mapped_column(String(10), default=PENDING)
    due_at: Mapped[datetime] = mapped_column(Moment, default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[UUID | None]
    finished_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    last_error: Mapped[str | None] = mapped_column(String(500))
