"""The outbox: mail is put in with the change that causes it, and its workers are woken after the commit."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any
from uuid import uuid4

import structlog
from flask import current_app
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from ..config import settings_of
from ..database import now
from ..extensions import db
from ..models import Link
from ..models import OutgoingMail
from ..models.outgoing import DEAD
from ..models.outgoing import PENDING
from .letters import LETTERS
from .letters import is_bare

WAKE = "mail-wake"
"""Where `app.extensions` holds what wakes the workers; `dispatch.init_app()` puts it there."""

log = structlog.get_logger()


def enqueue(
    work: Session, template: str, recipient: str, *, key: str, link: Link | None = None, **context: str
) -> None:
    """Put a mail into the outbox: it is sent if, and only if, the unit of work is committed.

    Args:
        work: The session of a unit of work.
        template: One of `letters.LETTERS`.
        recipient: A bare address.
        key: What makes it one mail: with a key that was there before nothing is added.
        link: What it carries. When the link opens nothing (any more) at the time of delivery, the mail is dropped.
        context: What the letter shows. Never a secret: it is kept in the table.

    Raises:
        ValueError: there is no such letter, it shows something else, or `recipient` is no bare address.
    """
    letter = LETTERS.get(template)
    if letter is None or letter.shows != context.keys() or letter.link != (link is not None):
        raise ValueError(f"there is no letter {template!r} that shows this")
    if not is_bare(recipient):
        raise ValueError("the recipient is no bare address")
    mail_id, moment = uuid4(), now()
    row = {
        "id": mail_id,
        "key": key,
        "template": template,
        "recipient": recipient,
        "context": context,
        "link_id": link.id if link is not None else None,
        "message_id": f"<{mail_id}@{parseaddr(settings_of().mail_sender)[1].rpartition('@')[2]}>",
        "created_at": moment,
        "due_at": moment,
    }
    work.flush()  # the link's row must be there before the mail that refers to it
    insert: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    work.execute(insert(OutgoingMail).values(row).on_conflict_do_nothing(index_elements=["key"]))


def wake() -> None:
    """Tell whoever delivers that there is mail. Call it after the commit, outside the unit of work.

    It never raises and never takes longer than about a second: the mail is in the table, and is found there anyway.
    """
    try:
        current_app.extensions[WAKE]()
    except Exception as error:  # noqa: BLE001 - nothing that fails here is a reason to fail a request that is done
        log.warning("mail workers not woken", error=type(error).__name__)


def outbox_lag() -> float:
    """Seconds for which the mail that waits longest has been due; 0 when none is. It grows when nobody delivers."""
    moment = now()
    due = OutgoingMail.state == PENDING, OutgoingMail.due_at <= moment
    oldest = db.session.scalar(select(func.min(OutgoingMail.due_at)).where(*due))
    return (moment - oldest).total_seconds() if oldest is not None else 0.0


def outbox_counts() -> dict[str, int]:
    """How many mails are `pending` and how many `dead`."""
    state = OutgoingMail.state
    counted = select(state, func.count()).where(state.in_((PENDING, DEAD))).group_by(state)
    found = {name: number for name, number in db.session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy
    return {name: found.get(name, 0) for name in (PENDING, DEAD)}
