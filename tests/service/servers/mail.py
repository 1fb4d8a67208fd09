"""A mail as a test reads it, whether a server took it or a service left it in a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was delivered."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the mail in a file; sender and recipients are those of its headers."""
        raw = path.read_bytes()
        message = _parse(raw)
        people = [address for _, address in getaddresses([str(message["From"] or ""), str(message["To"] or "")])]
        return cls(people[0], tuple(people[1:]), raw)

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return _parse(self.raw)

    @property
    def message_id(self) -> str:
        """Its Message-ID with the angle brackets."""
        return str(self.message["Message-ID"] or "")

    @property
    def subject(self) -> str:
        """Its subject, decoded."""
        return str(self.message["Subject"] or "")

    @property
    def text(self) -> str:
        """Its text part, decoded."""
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part else ""

    @property
    def html(self) -> str:
        """Its HTML part, decoded."""
        part = self.message.get_body(("html",))
        return str(part.get_content()) if part else ""

    def token(self) -> str:
        """Return the longest run of letters, digits, `-`, `_` and `.` in its text: what a link carries."""
        words: list[str] = re.findall(r"[\w.-]+", self.text)
        return max(words, key=len)


def _parse(raw: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=default).parsebytes(raw)
