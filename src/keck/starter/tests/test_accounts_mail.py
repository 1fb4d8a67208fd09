# with: mail
"""Which mails the views put into the outbox, and to whom."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy import select

from shop.database import now
from shop.extensions import db
from shop.models import Link
from shop.models import OutgoingMail

from tests.people import ANN
from tests.people import BOB
from tests.people import OTHER_PASSWORD
from tests.people import PASSWORD
from tests.people import add_user
from tests.people import link_for
from tests.people import log_in

NEW = "ann@example.org"


def mails(app: APIFlask) -> list[tuple[str, str, bool]]:
    """The outbox: template, recipient, and whether it carries a link that opens something."""
    query = (
        select(OutgoingMail.template, OutgoingMail.recipient, Link.user_id.is_not(None))
        .outerjoin(Link, Link.id == OutgoingMail.link_id)
        .order_by(OutgoingMail.created_at)
    )
    with app.app_context():
        return [(template, recipient, opens) for template, recipient, opens in db.session.execute(query)]


def statements_of(app: APIFlask, client: FlaskClient, path: str, **json: Any) -> list[str]:  # noqa: ANN401
    """The first word of each statement that a request sends to the database, and its table."""
    seen: list[str] = []

    def note(*args: Any) -> None:  # noqa: ANN401 - SQLAlchemy's arguments
        words = args[2].split()
        seen.append(" ".join(words[:3] if words[0] == "INSERT" else words[:2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    assert client.post(path, json=json).status_code == 202
    event.remove(engine, "before_cursor_execute", note)
    return seen


def test_new_account_gets_a_link(app: APIFlask, client: FlaskClient) -> None:
    """Registering sends a link to the address, each time as long as it is unverified."""
    for _ in range(2):
        client.post("/api/auth/register", json={"email": ANN, "password": PASSWORD})
    assert mails(app) == [("verify", ANN, True)] * 2


def test_owner_is_told_of_an_attempt_to_register(app: APIFlask, client: FlaskClient) -> None:
    """The owner of a verified address gets a notice without a link, once a day however often somebody tries."""
    add_user(app)
    for _ in range(3):
        client.post("/api/auth/register", json={"email": ANN, "password": OTHER_PASSWORD})
    assert mails(app) == [("already-registered", ANN, False)]


def test_reset_sends_a_link_to_who_has_an_account(app: APIFlask, client: FlaskClient) -> None:
    """A known address is sent what opens the account; links for others, and for the disabled, open nothing."""
    add_user(app)
    add_user(app, BOB, disabled_at=now())
    for email in (ANN, BOB, "new@example.com"):
        client.post("/api/auth/reset", json={"email": email})
    assert mails(app) == [("reset", ANN, True), ("reset", BOB, False), ("reset", "new@example.com", False)]


def test_reset_answers_all_addresses_alike(app: APIFlask, client: FlaskClient) -> None:
    """The answers for a known and an unknown address are the same, byte for byte."""
    add_user(app)
    known, unknown = (client.post("/api/auth/reset", json={"email": email}) for email in (ANN, BOB))
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data)


@pytest.mark.parametrize("path", ["/api/auth/reset", "/api/auth/register"])
def test_known_and_unknown_addresses_cost_the_same(app: APIFlask, client: FlaskClient, path: str) -> None:
    """For an address with an account the database does what it does for another (but for the row of the user)."""
    add_user(app)
    body = {} if path.endswith("reset") else {"password": PASSWORD}
    known = statements_of(app, client, path, email=ANN, **body)
    unknown = statements_of(app, client, path, email=BOB, **body)
    assert known == [statement for statement in unknown if statement != "INSERT INTO users"]


def test_changes_are_told_of(app: APIFlask) -> None:
    """Whoever changes or resets a password, moves or deletes an account, its owner gets a notice."""
    add_user(app)
    ann = log_in(app)
    ann.post("/api/auth/password", current_password=PASSWORD, new_password=OTHER_PASSWORD)
    ann.client.post("/api/auth/reset/confirm", json={"token": link_for(app, "reset"), "password": PASSWORD})
    ann = log_in(app)
    ann.post("/api/account/email", email=NEW)
    ann.client.post("/api/auth/email/confirm", json={"token": link_for(app, "email", to=NEW)})
    log_in(app, NEW).delete("/api/account", password=PASSWORD)
    told = [(template, recipient) for template, recipient, _ in mails(app)]
    assert told == [
        ("password-changed", ANN),
        ("password-changed", ANN),
        ("email-changed", ANN),
        ("account-deleted", NEW),
    ]


def test_taken_address_gets_no_link_that_opens_anything(app: APIFlask) -> None:
    """A mail to a new address carries a link that works; for a taken one it opens nothing."""
    add_user(app)
    add_user(app, BOB)
    ann = log_in(app)
    for email in (NEW, BOB):
        ann.post("/api/account/email", email=email)
    assert mails(app) == [("email-change", NEW, True), ("email-change", BOB, False)]


def test_refused_change_sends_nothing(app: APIFlask) -> None:
    """What was not done is not told of."""
    add_user(app)
    ann = log_in(app)
    ann.post("/api/auth/password", current_password=OTHER_PASSWORD, new_password=OTHER_PASSWORD)
    ann.post("/api/auth/password", current_password=PASSWORD, new_password="password123")
    ann.delete("/api/account", password=OTHER_PASSWORD)
    assert mails(app) == []
