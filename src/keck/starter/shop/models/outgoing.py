# with: mail
"""The outbox: mails that are to be delivered, and those that were."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from uuid import uuid4

from sqlalchemy import JSON
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from ..database import Moment
from ..database import now
from .base import Model


class OutgoingMail(Model):
    """A mail: a row written in the transaction of the change that causes it.

    `key` is what makes it one mail (a second row of the same key is refused), `message_id` is the Message-ID of every
    try to send it. `context` never holds a secret: the token of `link_id` is derived when the mail is written out.
    """

    __tablename__ = "outbox"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    template: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(254))
    context: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    link_id: Mapped[UUID | None] = mapped_column(ForeignKey("links.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    due_at: Mapped[datetime | None] = mapped_column(Moment, default=now, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[UUID | None]
    sent_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    dead_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(String(500))
