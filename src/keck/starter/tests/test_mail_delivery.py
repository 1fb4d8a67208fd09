# with: mail
"""Delivery: nothing is lost, nothing is sent twice while all live, and what cannot be sent is told of."""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from apiflask import APIFlask
from flask_mail import Message
from sqlalchemy import delete
from sqlalchemy import update

from shop.accounts.links import link_token
from shop.accounts.links import redeem
from shop.database import now
from shop.database import unit_of_work
from shop.extensions import db
from shop.mail.delivery import Batch
from shop.mail.delivery import claim
from shop.mail.delivery import deliver
from shop.mail.letters import compose
from shop.mail.transport import KeptMail
from shop.models import Link
from shop.models import User
from shop.models.outgoing import DEAD
from shop.models.outgoing import DROPPED
from shop.models.outgoing import PENDING
from shop.models.outgoing import SENT

from . import outbox
from . import smtp
from .conftest import MakeApp

Enter = Callable[[APIFlask], object]


@pytest.fixture
def enter() -> Iterator[Enter]:
    """Make an app the one at work, until the test ends."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(app.app_context())


@pytest.fixture
def at_work(app: APIFlask, enter: Enter) -> None:
    """An app without a mail server is at work."""
    enter(app)


@pytest.fixture
def server(make_app: MakeApp, enter: Enter, tmp_path: Path) -> Iterator[smtp.Inbox]:
    """A mail server; an app that uses it is at work."""
    authority = trustme.CA()
    ca_file = smtp.write_authority(authority, tmp_path)
    user = {"mail_username": "ann", "mail_password": smtp.PASSWORD}
    with smtp.working(authority) as inbox:
        enter(make_app(mail_server=smtp.HOST, mail_port=inbox.port, mail_ca_file=ca_file, **user))
        yield inbox


@pytest.mark.usefixtures("at_work")
def test_sent(tmp_path: Path) -> None:
    """A mail that is due is sent once."""
    outbox.put("password-changed")
    assert deliver() == Batch(sent=1)
    assert deliver() == Batch()
    (message,) = outbox.kept(tmp_path)
    row = outbox.row()
    assert str(message["Message-ID"]) == row.message_id
    assert (row.state, row.attempts, row.lease, row.last_error) == (SENT, 1, None, None)
    assert row.finished_at is not None


@pytest.mark.usefixtures("at_work")
def test_token(tmp_path: Path) -> None:
    """The token stands in the mail, opens the link, and is kept nowhere."""
    link = outbox.put_link()
    deliver()
    token = link_token(link.id, "reset")
    (message,) = outbox.kept(tmp_path)
    assert token in outbox.text(message)
    with unit_of_work(db) as work:
        assert redeem(work, "reset", token)[0].id == link.id
    database = b"".join(path.read_bytes() for path in tmp_path.glob("shop.db*"))
    assert str(outbox.row().message_id).encode() in database
    assert token.encode() not in database


@pytest.mark.usefixtures("at_work")
def test_link_of_nobody(tmp_path: Path) -> None:
    """Who asks for a link with an address that has no account causes no mail there."""
    outbox.put_link(known=False)
    assert deliver() == Batch(dropped=1)
    assert outbox.kept(tmp_path) == []
    assert outbox.row().state == DROPPED
    assert outbox.row().last_error == "its link opens nothing"


@pytest.mark.parametrize("change", [{"used_at": now()}, {"expires_at": now() - timedelta(seconds=1)}])
@pytest.mark.usefixtures("at_work")
def test_link_that_is_over(tmp_path: Path, change: dict[str, object]) -> None:
    """A mail whose link was used, replaced, or expired while it waited is dropped, and says why."""
    outbox.put_link()
    with unit_of_work(db) as work:
        work.execute(update(Link).values(change))
    assert deliver() == Batch(dropped=1)
    assert outbox.kept(tmp_path) == []
    assert "used, replaced or is too old" in str(outbox.row().last_error)


@pytest.mark.usefixtures("at_work")
def test_account_is_gone(tmp_path: Path) -> None:
    """With an account its links go, and with them the mails that carry them."""
    outbox.put_link()
    with unit_of_work(db) as work:
        work.execute(delete(User))
    assert deliver() == Batch()
    assert outbox.rows() == []
    assert outbox.kept(tmp_path) == []


@pytest.mark.usefixtures("at_work")
def test_claim_is_a_lease() -> None:
    """A mail that one worker has is nobody else's until the lease ends; then it is taken with another lease."""
    outbox.put()
    first = claim()
    assert first is not None
    assert claim() is None
    assert timedelta(seconds=115) < outbox.row().due_at - now() <= timedelta(seconds=120)
    outbox.make_due()
    second = claim()
    assert second is not None
    assert (second.id, second.attempts) == (first.id, 2)
    assert second.lease != first.lease


@pytest.mark.usefixtures("at_work")
def test_lost_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that took longer than its lease does not write over what the next one has found."""
    outbox.put()
    send = KeptMail.send

    def slow(connection: KeptMail, message: Message) -> None:
        outbox.make_due()
        assert claim() is not None
        send(connection, message)

    monkeypatch.setattr(KeptMail, "send", slow)
    deliver()
    assert (outbox.row().state, outbox.row().attempts) == (PENDING, 2)
    assert outbox.row().lease is not None


@pytest.mark.usefixtures("at_work")
def test_killed_after_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that ends between sending and noting it causes a second mail of the same Message-ID, not a lost one."""
    outbox.put()
    sent: list[tuple[str, float | None]] = []

    def send(_: KeptMail, message: Message) -> None:
        sent.append((message.msgId, message.date))
        if len(sent) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(KeptMail, "send", send)
    with pytest.raises(KeyboardInterrupt):
        deliver()
    assert deliver() == Batch()
    outbox.make_due()
    assert deliver() == Batch(sent=1)
    assert sent[0] == sent[1]


@pytest.mark.usefixtures("at_work")
def test_mail_that_ends_workers() -> None:
    """A mail that no worker came back from is given up in the end, and does not end workers for ever."""
    outbox.put()
    for _ in range(18):
        claim()
        outbox.make_due()
    assert deliver() == Batch(failed=1)
    assert (outbox.row().state, outbox.row().last_error) == (DEAD, "AbandonedError")


@pytest.mark.usefixtures("at_work")
def test_limit() -> None:
    """A batch has an end, and says that there is more."""
    for _ in range(3):
        outbox.put()
    assert deliver(2) == Batch(sent=2, more=True)
    assert deliver(2) == Batch(sent=1)


@pytest.mark.usefixtures("at_work")
def test_is_over() -> None:
    """A worker that is told to stop leaves what it has not begun."""
    outbox.put()
    outbox.put()
    answers = iter([False, True])
    assert deliver(is_over=lambda: next(answers)) == Batch(sent=1)


@pytest.mark.usefixtures("at_work")
def test_oldest_first() -> None:
    """What has been due for longest goes first."""
    outbox.put(key="old")
    outbox.make_due(now() - timedelta(hours=1))
    outbox.put(key="new")
    claim()
    assert [row.attempts for row in outbox.rows()] == [1, 0]


def test_workers_at_once(make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many workers there are, each mail is sent once."""
    app = make_app()
    sent: list[str] = []
    monkeypatch.setattr(KeptMail, "send", lambda _, message: sent.append(message.msgId))
    with app.app_context():
        for _ in range(20):
            outbox.put()

    def work() -> None:
        with app.app_context():
            deliver()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(sent) == len(set(sent)) == 20
    assert outbox.kept(tmp_path) == []


def test_one_connection(server: smtp.Inbox) -> None:
    """A batch goes over one connection."""
    for number in range(3):
        outbox.put(recipient=f"{number}@example.com")
    assert deliver() == Batch(sent=3)
    assert [str(mail["To"]) for mail in server.mails] == ["0@example.com", "1@example.com", "2@example.com"]
    assert len(server.connections) == 1


@pytest.mark.parametrize("at", ["rcpt", "data"])
def test_refused_for_now(server: smtp.Inbox, at: str) -> None:
    """A mail that the server does not take now is tried again later; the others of the batch go meanwhile."""
    outbox.put(recipient="a@example.com")
    setattr(server, at, "451 try again later")
    assert deliver() == Batch(failed=1)
    row = outbox.row()
    assert (row.state, row.lease, row.attempts) == (PENDING, None, 1)
    assert "451" in str(row.last_error)
    assert timedelta(seconds=29) < row.due_at - now() <= timedelta(seconds=38)
    setattr(server, at, "250 OK")
    outbox.make_due()
    assert deliver() == Batch(sent=1)
    assert str(server.mails[0]["Message-ID"]) == row.message_id


@pytest.mark.parametrize("at", ["rcpt", "data"])
def test_refused_for_good(server: smtp.Inbox, at: str) -> None:
    """A mail that the server will never take is given up at once, and kept with the reason."""
    outbox.put()
    outbox.put()
    setattr(server, at, "550 no such mailbox")
    assert deliver() == Batch(failed=2)
    assert [row.state for row in outbox.rows()] == [DEAD, DEAD]
    assert "550" in str(outbox.rows()[0].last_error)


def test_server_stops(server: smtp.Inbox) -> None:
    """A server that says that it stops working ends the batch; the rest is tried later, over another connection."""
    for _ in range(3):
        outbox.put()
    server.rcpt = "421 going down"
    assert deliver() == Batch(failed=1)
    assert sorted(row.attempts for row in outbox.rows()) == [0, 0, 1]


def test_server_stops_later(server: smtp.Inbox) -> None:
    """When a connection breaks that has taken mails, it is worth trying another one at once."""
    for _ in range(3):
        outbox.put()
    server.most = 1
    assert deliver() == Batch(sent=1, failed=1, more=True)


def test_sender_is_refused(server: smtp.Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is our own fault, such as a sender that the server does not let send, gives no mail up."""

    def refuse(*_: object) -> None:
        raise smtplib.SMTPSenderRefused(550, b"not yours", "ann@example.com")

    monkeypatch.setattr(smtplib.SMTP, "sendmail", refuse)
    outbox.put()
    assert deliver() == Batch(failed=1)
    assert outbox.row().state == PENDING
    assert server.mails == []


def test_no_server(make_app: MakeApp, enter: Enter) -> None:
    """Without a server a batch ends after one try, and each mail waits twice as long as before, up to an hour."""
    enter(make_app(mail_server=smtp.HOST, mail_port=1, mail_retry_seconds=60))
    outbox.put()
    pauses = []
    for _ in range(8):
        assert deliver() == Batch(failed=1)
        pauses.append((outbox.row().due_at - now()).total_seconds())
        outbox.make_due()
    for pause, least in zip(pauses, [60, 120, 240, 480, 960, 1920, 3600, 3600], strict=True):
        assert least - 1 < pause <= least * 1.25
    outbox.put()
    assert deliver() == Batch(failed=1)


def test_server_hangs(make_app: MakeApp, enter: Enter) -> None:
    """A server that hangs holds a worker up for one time limit, however many mails there are."""
    with smtp.broken(smtp.hang) as port:
        enter(make_app(mail_server=smtp.HOST, mail_port=port, mail_timeout=0.3))
        outbox.put()
        outbox.put()
        begun = time.monotonic()
        assert deliver() == Batch(failed=1)
        assert time.monotonic() - begun < 1
    assert [row.state for row in outbox.rows()] == [PENDING, PENDING]


def test_given_up(make_app: MakeApp, enter: Enter) -> None:
    """A mail that failed MAIL_ATTEMPTS times is given up, and kept."""
    enter(make_app(mail_server=smtp.HOST, mail_port=1, mail_attempts=2))
    outbox.put()
    deliver()
    assert outbox.row().state == PENDING
    outbox.make_due()
    deliver()
    assert (outbox.row().state, outbox.row().attempts) == (DEAD, 2)
    assert "refused" in str(outbox.row().last_error)


def test_bug_in_a_letter(app: APIFlask, enter: Enter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter that cannot be written waits for the release that mends it, and holds no other mail up."""
    enter(app)

    def fail(template: str, *args: object, **kwargs: object) -> Message:
        if template == "password-changed":
            raise ValueError("the secret that was quoted")
        return compose(template, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("shop.mail.delivery.compose", fail)
    outbox.put("password-changed")
    outbox.put("account-deleted")
    assert deliver() == Batch(sent=1, failed=1)
    assert [row.state for row in outbox.rows()] == [PENDING, SENT]
    assert outbox.rows()[0].last_error == "ValueError"
    assert len(outbox.kept(tmp_path)) == 1


def test_reasons_hold_no_secrets(server: smtp.Inbox) -> None:
    """What the server says is kept as one short line, without tokens and without our password."""
    link = outbox.put_link()
    token = link_token(link.id, "reset")
    server.data = f"550 spam: {token} {smtp.PASSWORD} {'x ' * 400}"
    deliver()
    reason = str(outbox.row().last_error)
    assert reason.startswith("SMTPDataError: ")
    assert len(reason) <= 400
    assert reason.isprintable()
    assert token not in reason
    assert smtp.PASSWORD not in reason
