"""The letters: what mails say, and the message that is made of a row of the outbox.

A further kind of mail is an entry in `LETTERS` and two files in `templates`: NAME.txt and NAME.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from flask_mail import Message
from jinja2 import Environment
from jinja2 import FileSystemLoader
from jinja2 import StrictUndefined
from jinja2 import select_autoescape

from ..config import settings_of


@dataclass(frozen=True)
class Letter:
    """A kind of mail. Subjects are fixed: nothing that somebody typed gets into a header.

    Attributes:
        subject: As it is sent.
        link: Whether it carries a link.
        shows: The names of the values that its templates show.
    """

    subject: str
    link: bool = False
    shows: frozenset[str] = frozenset()


LETTERS = {
    "verify": Letter("Confirm your e-mail address", link=True),
    "already-registered": Letter("You have an account already"),
    "reset": Letter("Set a new password", link=True),
    "password-changed": Letter("Your password was changed"),
    "email-change": Letter("Confirm your new e-mail address", link=True),
    "email-changed": Letter("Your e-mail address was changed", shows=frozenset({"new_email"})),
    "account-deleted": Letter("Your account was deleted"),
}
_BARE = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]+@[\w.-]+")


@dataclass(frozen=True)
class Way:
    """Where the link of a mail leads: its purpose, its token, and when it ends."""

    purpose: str
    token: str
    until: datetime


def compose(
    template: str, recipient: str, context: Mapping[str, str], way: Way | None, *, message_id: str, date: datetime
) -> Message:
    """Write a mail out; with the same arguments the same mail."""
    message = Message(
        LETTERS[template].subject,
        recipients=[recipient],
        extra_headers={"Auto-Submitted": "auto-generated"},
        date=date.timestamp(),
    )
    message.msgId = message_id
    values = {**context, **_shown(way)}
    message.body = _environment().get_template(f"{template}.txt").render(values)
    message.html = _environment().get_template(f"{template}.html").render(values)
    return message


def is_bare(address: str) -> bool:
    """Whether this is one address and nothing else: no name, no list, nothing that would begin another header.

    Only the domain may be other than ASCII: not every server takes a mailbox that is, and Flask-Mail would rename it.
    """
    return _BARE.fullmatch(address) is not None


def _shown(way: Way | None) -> dict[str, str | None]:
    if way is None:
        return {"token": None}
    frontend = settings_of().frontend_url
    url = f"{frontend.rstrip('/')}/{way.purpose}#token={way.token}" if frontend else None
    return {"token": way.token, "url": url, "until": f"{way.until:%Y-%m-%d %H:%M} UTC"}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
