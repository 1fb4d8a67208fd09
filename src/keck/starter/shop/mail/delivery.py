"""Delivery: mails are taken from the outbox one by one, each with a lease, and sent outside any transaction.

A worker that dies loses nothing: when its lease ends, another takes the mail. It may then arrive twice, with the same
Message-ID. As long as they live, two workers never send the same mail.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import fields
from datetime import datetime
from datetime import timedelta
from functools import cache
from smtplib import SMTPDataError
from smtplib import SMTPException
from smtplib import SMTPRecipientsRefused
from uuid import UUID
from uuid import uuid4

import structlog
from flask_mail import Message
from sqlalchemy import select
from sqlalchemy import update

from ..accounts.links import link_token
from ..config import settings_of
from ..database import now
from ..database import unit_of_work
from ..extensions import db
from ..extensions import mail as transport
from ..models import Link
from ..models import OutgoingMail
from ..models.outgoing import DEAD
from ..models.outgoing import DROPPED
from ..models.outgoing import PENDING
from ..models.outgoing import SENT
from .letters import Way
from .letters import compose

BATCH = 50
"""Mails that go over one connection."""
LONGEST_PAUSE = 3_600
"""Seconds between two tries, at most."""
_SECRET = re.compile(r"[\w-]{40,}")

log = structlog.get_logger()


@dataclass(frozen=True)
class Claimed:
    """What a worker knows of the mail that it has taken; `lease` shows that it is the one who has it."""

    id: UUID
    lease: UUID
    template: str
    recipient: str
    context: dict[str, str]
    link_id: UUID | None
    message_id: str
    created_at: datetime
    attempts: int


@dataclass
class Batch:
    """What became of some mails. `more` says that it is worth going on at once."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0
    more: bool = False


class AbandonedError(Exception):
    """A mail that no worker came back from."""


def deliver(limit: int = BATCH, *, is_over: Callable[[], bool] = lambda: False) -> Batch:
    """Deliver mails that are due, over one connection, until there are none, `limit` is reached, or the server fails.

    Args:
        limit: Mails, at most.
        is_over: Asked before each mail; when it says so, the rest is left to others.

    Raises:
        sqlalchemy.exc.OperationalError: the database cannot be reached. What is not marked as sent is tried again.
    """
    batch = Batch()
    with ExitStack() as stack:
        connection = cache(lambda: stack.enter_context(transport.connect()))  # opened once a mail needs it
        for _ in range(limit):
            mail = None if is_over() else claim()
            if mail is None:
                return batch
            reason = _why_useless(mail)
            if reason is not None:
                _finish(mail, DROPPED, reason)
                batch.dropped += 1
                continue
            try:
                message = _written_out(mail)
                connection().send(message)
            except Exception as error:  # noqa: BLE001 - whatever goes wrong, the mail waits and is not lost
                _put_back(mail, error)
                batch.failed += 1
                if isinstance(error, OSError) and not _is_refusal(error):
                    batch.more = batch.sent > 0
                    return batch
            else:
                _finish(mail, SENT)
                batch.sent += 1
    batch.more = True
    return batch


def claim() -> Claimed | None:
    """Take the mail that has been due for longest; None when none is due.

    The row is due again when the lease ends, and nobody else takes it before.
    """
    moment = now()
    oldest = (
        select(OutgoingMail.id)
        .where(OutgoingMail.state == PENDING, OutgoingMail.due_at <= moment)
        .order_by(OutgoingMail.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = (
        update(OutgoingMail)
        .where(OutgoingMail.id == oldest)
        .values(
            lease=uuid4(),
            due_at=moment + timedelta(seconds=settings_of().mail_lease_seconds),
            attempts=OutgoingMail.attempts + 1,
        )
        .returning(*(getattr(OutgoingMail, field.name) for field in fields(Claimed)))
        .execution_options(synchronize_session=False)
    )
    with unit_of_work(db) as work:
        row = work.execute(taken).one_or_none()
        return None if row is None else Claimed(*row)


def _why_useless(mail: Claimed) -> str | None:
    """Why a mail need not be sent, or None. A link without a user was asked for by somebody who has no account."""
    if mail.link_id is None:
        return None
    link = db.session.get(Link, mail.link_id, populate_existing=True)
    if link is None or link.user_id is None:
        return "its link opens nothing"
    if link.used_at is not None or link.expires_at <= now():
        return "its link was used, replaced or is too old"
    return None


def _written_out(mail: Claimed) -> Message:
    """The message of a mail.

    Raises:
        AbandonedError: it was taken too often by workers that did not come back; it may be what ends them.
    """
    if mail.attempts > settings_of().mail_attempts:
        raise AbandonedError
    way = None
    if mail.link_id is not None:
        link = db.session.get_one(Link, mail.link_id)
        way = Way(link.purpose, link_token(link.id, link.purpose), link.expires_at)
    return compose(mail.template, mail.recipient, mail.context, way, message_id=mail.message_id, date=mail.created_at)


def _put_back(mail: Claimed, error: Exception) -> None:
    """Have a mail tried again later, or give it up: when it was refused for good, or failed too often."""
    settings, reason = settings_of(), _reason(error)
    if _is_final(error) or mail.attempts >= settings.mail_attempts:
        _finish(mail, DEAD, reason)
        return
    pause = min(settings.mail_retry_seconds * 2 ** (mail.attempts - 1), LONGEST_PAUSE)
    due_at = now() + timedelta(seconds=pause * random.uniform(1, 1.25))  # noqa: S311 - spreads load, hides nothing
    _change(mail, due_at=due_at, last_error=reason)
    log.warning("mail not sent", mail=str(mail.id), attempt=mail.attempts, error=reason, next=due_at.isoformat())


def _finish(mail: Claimed, state: str, reason: str | None = None) -> None:
    _change(mail, state=state, finished_at=now(), last_error=reason)
    tell = log.error if state == DEAD else log.info
    tell(f"mail {state}", mail=str(mail.id), template=mail.template, attempt=mail.attempts, reason=reason)


def _change(mail: Claimed, **values: object) -> None:
    """Note what became of a mail, unless the lease has ended and somebody else is at it."""
    ours = OutgoingMail.id == mail.id, OutgoingMail.lease == mail.lease
    change = update(OutgoingMail).where(*ours).values(lease=None, **values)
    with unit_of_work(db) as work:
        work.execute(change.execution_options(synchronize_session=False))


def _is_refusal(error: Exception) -> bool:
    """Whether the server, which works, does not take this one mail; 421 says that it stops working."""
    return isinstance(error, SMTPRecipientsRefused | SMTPDataError) and _code(error) != 421


def _is_final(error: Exception) -> bool:
    return _is_refusal(error) and _code(error) >= 500


def _code(error: Exception) -> int:
    if isinstance(error, SMTPRecipientsRefused):
        return int(next(iter(error.recipients.values()))[0])
    return int(getattr(error, "smtp_code", 0))


def _reason(error: Exception) -> str:
    """What is kept of an error: the server's words, but nothing that looks like a token and not our password.

    What a bug says is not kept: it could quote anything.
    """
    name = type(error).__name__
    if not isinstance(error, SMTPException | OSError):
        return name
    text = _SECRET.sub("[hidden]", "".join(letter if letter.isprintable() else " " for letter in str(error)))
    password = settings_of().mail_password
    if password is not None:
        text = text.replace(password.get_secret_value(), "[hidden]")
    return f"{name}: {text}"[:400]
