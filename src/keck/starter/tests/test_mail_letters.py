# with: mail
"""The letters: what is written, and what cannot be written into them."""

from __future__ import annotations

import re
from datetime import UTC
from datetime import datetime
from email import message_from_bytes
from email import policy
from email.message import EmailMessage

import pytest
from apiflask import APIFlask
from jinja2 import UndefinedError

from shop.mail.letters import LETTERS
from shop.mail.letters import Way
from shop.mail.letters import compose

from . import outbox
from .conftest import MakeApp

DATE = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
WAY = Way("reset", "the-token-of-the-link", datetime(2030, 1, 2, 4, 4, tzinfo=UTC))
VALUES = {"new_email": "bob@example.com"}


def write(app: APIFlask, template: str, **values: str) -> EmailMessage:
    """Write a letter out and read it as a mail program does."""
    letter = LETTERS[template]
    context = {name: values.get(name, VALUES[name]) for name in letter.shows}
    with app.app_context():
        way = WAY if letter.link else None
        message = compose(template, outbox.ANN, context, way, message_id="<1@example.com>", date=DATE)
        return message_from_bytes(message.as_bytes(), EmailMessage, policy=policy.default)


@pytest.mark.parametrize("template", LETTERS)
@pytest.mark.parametrize("frontend_url", [None, "https://www.example.com/"])
def test_every_letter(make_app: MakeApp, template: str, frontend_url: str | None) -> None:
    """Every letter can be written, as text and as HTML, which hold the same link."""
    message = write(make_app(frontend_url=frontend_url), template)
    assert str(message["Subject"]) == LETTERS[template].subject
    for kind in ("plain", "html"):
        body = outbox.text(message, kind)
        address = "https://www.example.com/reset#token=the-token-of-the-link"
        assert (WAY.token in body) == LETTERS[template].link
        assert (address in body) == (LETTERS[template].link and frontend_url is not None)
        assert ("until 2030-01-02 04:04 UTC" in body) == LETTERS[template].link


@pytest.mark.parametrize("template", LETTERS)
def test_text_has_short_lines(app: APIFlask, template: str) -> None:
    """The text is fit for a terminal: short lines, no gaps, and nothing of Jinja left."""
    body = outbox.text(write(app, template))
    assert max(map(len, body.splitlines())) <= 78
    assert "\n\n\n" not in body
    assert not re.search(r"[{}%]", body)


def test_headers(app: APIFlask) -> None:
    """A mail says who sent it, when, under which id, and that nobody need answer."""
    message = write(app, "verify")
    assert str(message["From"]) == "service@localhost.localdomain"
    assert str(message["To"]) == outbox.ANN
    assert message["Date"].datetime == DATE
    assert str(message["Message-ID"]) == "<1@example.com>"
    assert str(message["Auto-Submitted"]) == "auto-generated"


def test_sender_with_a_name(make_app: MakeApp) -> None:
    """The sender may have a name."""
    message = write(make_app(mail_sender="Ann of Example <ann@example.com>"), "verify")
    assert str(message["From"]) == "Ann of Example <ann@example.com>"


def test_html_is_escaped(app: APIFlask) -> None:
    """What somebody typed is text in the HTML, whatever it looks like."""
    message = write(app, "email-changed", new_email="<script>alert(1)</script>")
    assert "<script>" not in outbox.text(message, "html")
    assert "<script>" in outbox.text(message)


def test_no_header_from_context(app: APIFlask) -> None:
    """What somebody typed never becomes a header."""
    message = write(app, "email-changed", new_email="x\r\nBcc: eve@example.com\r\n\r\n")
    assert message["Bcc"] is None


def test_missing_value(app: APIFlask) -> None:
    """A letter that lacks a value is not written: nobody gets a mail with a gap."""
    with app.app_context(), pytest.raises(UndefinedError):
        compose("email-changed", outbox.ANN, {}, None, message_id="<1@example.com>", date=DATE)
