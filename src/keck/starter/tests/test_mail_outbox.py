# with: mail
"""The outbox: a mail is there exactly when the change is that causes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from apiflask import APIFlask

from shop.accounts.links import make_link
from shop.database import now
from shop.database import unit_of_work
from shop.extensions import db
from shop.mail.delivery import deliver
from shop.mail.letters import LETTERS
from shop.mail.outbox import WAKE
from shop.mail.outbox import enqueue
from shop.mail.outbox import outbox_counts
from shop.mail.outbox import outbox_lag
from shop.mail.outbox import wake
from shop.models.outgoing import DEAD
from shop.models.outgoing import PENDING

from . import outbox


@pytest.fixture(autouse=True)
def context(app: APIFlask) -> Iterator[None]:
    """Everything here happens in the app."""
    with app.app_context():
        yield


def test_enqueue() -> None:
    """A mail that was enqueued is a row that is due, with a Message-ID of the sender's domain."""
    outbox.put("email-changed", new_email="eve@example.com")
    row = outbox.row()
    assert (row.state, row.attempts, row.recipient) == (PENDING, 0, outbox.ANN)
    assert row.due_at <= now()
    assert row.message_id == f"<{row.id}@localhost.localdomain>"


def test_rollback() -> None:
    """When the change that causes a mail does not come to be, neither does the mail."""
    with suppress(ZeroDivisionError), unit_of_work(db) as work:
        enqueue(work, "account-deleted", outbox.ANN, key="one")
        raise ZeroDivisionError
    assert outbox.rows() == []


def test_same_key() -> None:
    """Enqueued twice with one key it is one mail, the first one."""
    outbox.put("account-deleted", key="one")
    outbox.put("password-changed", "bob@example.com", key="one")
    assert outbox.row().template == "account-deleted"


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("no-such-letter", {}),
        ("email-changed", {}),
        ("email-changed", {"new_email": "a@example.com", "more": "x"}),
        ("account-deleted", {"new_email": "a@example.com"}),
        ("verify", {}),
    ],
)
def test_wrong_letter(template: str, values: dict[str, str]) -> None:
    """A letter that does not exist, or shows something else, is refused when it is enqueued and not when it is due."""
    with pytest.raises(ValueError, match="no letter"):
        outbox.put(template, **values)
    assert outbox.rows() == []


def test_link_where_none_is_shown() -> None:
    """A link in a letter that shows none is refused."""
    with pytest.raises(ValueError, match="no letter"), unit_of_work(db) as work:
        enqueue(work, "account-deleted", outbox.ANN, key="one", link=make_link(work, "reset", outbox.ANN, None))


@pytest.mark.parametrize(
    "recipient",
    [
        "ann",
        "",
        "ann@",
        "ann@example.com\n",
        "ann@example.com\r\nBcc: eve@example.com",
        "ann@example.com,eve@example.com",
        "Ann <ann@example.com>",
        "<ann@example.com>",
        "ann@example.com\0",
        "ann @example.com",
        "\u00e4nn@example.com",
        "ann@exa\u2028mple.com",
    ],
)
def test_no_bare_address(recipient: str) -> None:
    """Only one bare address is taken as recipient: nothing else can get into the headers."""
    with pytest.raises(ValueError, match="bare address"):
        outbox.put("account-deleted", recipient)


@pytest.mark.parametrize("recipient", ["a.b+c@example.com", "o'neil@example.co.uk", "ann@b\u00fccher.example", "x@1.2"])
def test_bare_address(recipient: str) -> None:
    """Addresses of every ordinary kind are taken."""
    outbox.put("account-deleted", recipient)
    assert outbox.row().recipient == recipient


def test_every_letter_has_a_subject() -> None:
    """Subjects are one line of text, and tell the letters apart."""
    subjects = {letter.subject for letter in LETTERS.values()}
    assert len(subjects) == len(LETTERS)
    assert all(subject.isprintable() for subject in subjects)


def test_wake(app: APIFlask) -> None:
    """Whoever delivers is woken."""
    calls: list[int] = []
    app.extensions[WAKE] = lambda: calls.append(1)
    wake()
    assert calls == [1]


def test_wake_never_raises(app: APIFlask, caplog: pytest.LogCaptureFixture) -> None:
    """When nobody can be woken that is logged, and the request that asked for it is none the worse."""

    def fail() -> None:
        raise ConnectionError("redis://:secret@localhost")

    app.extensions[WAKE] = fail
    wake()
    assert "not woken" in caplog.text
    assert "secret" not in caplog.text


def test_lag() -> None:
    """The lag is how long the mail that waits longest has been due; waiting for its time is no lag."""
    assert outbox_lag() == 0
    outbox.put()
    outbox.make_due(now() + timedelta(hours=1))
    assert outbox_lag() == 0
    outbox.make_due(now() - timedelta(minutes=5))
    assert 300 <= outbox_lag() < 310
    deliver()
    assert outbox_lag() == 0


def test_counts() -> None:
    """Mails that wait and mails that were given up are counted; others are not."""
    assert outbox_counts() == {PENDING: 0, DEAD: 0}
    outbox.put()
    deliver()
    outbox.put()
    assert outbox_counts() == {PENDING: 1, DEAD: 0}
