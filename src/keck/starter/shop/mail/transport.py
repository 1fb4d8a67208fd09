"""How mail leaves: over SMTP with TLS that is checked and steps that end, or, without a server, into a folder.

Flask-Mail opens its connections without a time limit, and its STARTTLS takes any certificate.
"""

from __future__ import annotations

import io
import os
import re
import smtplib
import socket
import ssl
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any
from typing import Self

import click
import structlog
from flask import current_app
from flask_mail import Connection
from flask_mail import Mail
from flask_mail import Message

from ..config import settings_of
from ..settings import Settings

STEPS = 3
"""How many MAIL_TIMEOUT it may take altogether to connect and log in, and the same again for each mail."""

log = structlog.get_logger()


class VerifiedMail(Mail):
    """Flask-Mail whose connections check the server's certificate and host name, and never hang."""

    def connect(self) -> SafeConnection:
        """Make a connection, which is opened when its context is entered; without MAIL_SERVER it is a folder."""
        settings = settings_of()
        kind = VerifiedConnection if settings.mail_server else KeptMail
        return kind(current_app.extensions["mail"], settings)


class SafeConnection(Connection):
    """A connection that closes without complaints: what was sent before is sent."""

    def __init__(self, mail: Any, settings: Settings) -> None:  # noqa: ANN401 - Flask-Mail's own state
        super().__init__(mail)
        self.settings = settings

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Say goodbye, if the server still listens."""
        if self.host is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.host.quit()
            self.host.close()


class VerifiedConnection(SafeConnection):
    """An SMTP connection for any number of mails.

    Entering it and `send()` raise `smtplib.SMTPException` or `OSError`; certificates that do not hold are an
    `ssl.SSLError`, a server without STARTTLS is an `smtplib.SMTPNotSupportedError`.
    """

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        """Connect, secure and log in."""
        settings, server = self.settings, self.mail
        context = ssl.create_default_context(cafile=settings.mail_ca_file)
        if settings.mail_security == "tls":
            return self._logged_in(BoundedTlsSmtp(server.server, server.port, settings.mail_timeout, context=context))
        host = BoundedSmtp(server.server, server.port, settings.mail_timeout)
        return self._logged_in(host, context if settings.mail_security == "starttls" else None)

    def _logged_in(self, host: BoundedSmtp, context: ssl.SSLContext | None = None) -> BoundedSmtp:
        try:
            if context is not None:
                host.starttls(context=context)
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def send(self, message: Message, envelope_from: str | tuple[str, str] | None = None) -> None:
        """Send a mail; the clock begins anew for it."""
        if isinstance(self.host, BoundedSmtp):
            self.host.allow(STEPS)
        super().send(message, envelope_from)


class KeptMail(SafeConnection):
    """What stands in for a server: each mail is kept as a file, and shown while the service is developed."""

    def __enter__(self) -> Self:
        """Nothing is to be opened."""
        return self

    def send(self, message: Message, envelope_from: str | tuple[str, str] | None = None) -> None:
        """Keep a mail under its Message-ID: sent twice, it is there once."""
        super().send(message, envelope_from)
        if self.mail.suppress:
            return
        path = keep(message, Path(current_app.instance_path) / self.settings.mail_directory)
        if self.settings.environment == "production":
            log.warning("mail kept in a file: MAIL_SERVER is not set", path=str(path))
            return
        recipients = ", ".join(map(str, message.recipients))
        with suppress(OSError, ValueError):  # a terminal that is gone or lacks a letter is no reason to keep mail back
            click.echo(f"--- {path}\nTo: {recipients}\nSubject: {message.subject}\n\n{message.body}\n---")


def keep(message: Message, directory: Path) -> Path:
    """Write a mail into the directory, all of it or nothing, readable for this user only."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / (re.sub(r"[^\w.@-]", "", message.msgId) + ".eml")
    handle, unfinished = tempfile.mkstemp(dir=directory)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(message.as_bytes())
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return path


class BoundedSmtp(smtplib.SMTP):
    """A client whose every step ends in time.

    The timeout of a socket begins anew with each byte, so a server that sends one now and then could keep a client for
    hours. Here a whole answer must be there within the timeout, and all answers before the time that was allowed.

    Args:
        server: Name or address; a certificate must be for it.
        port: Of the server.
        step: Seconds that a step may take.
        options: `context` of the one that speaks TLS.
    """

    def __init__(self, server: str, port: int, step: float, **options: Any) -> None:  # noqa: ANN401 - smtplib's own
        self.step = step
        self.allow(STEPS)
        # Without a name of ours smtplib asks the resolver for one, which may take as long as it likes.
        name = socket.gethostname()
        ours = name if "." in name else "[127.0.0.1]"
        super().__init__(server, port, local_hostname=ours, timeout=step, **options)

    def allow(self, steps: int) -> None:
        """Give what comes next this many times the length of a step."""
        self.until = time.monotonic() + steps * self.step

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer, within the time of a step."""
        if self.file is None:
            self.file = io.BufferedReader(_Answers(self))
        self.step_ends = min(time.monotonic() + self.step, self.until)
        return super().getreply()


class BoundedTlsSmtp(BoundedSmtp, smtplib.SMTP_SSL):
    """Such a client that speaks TLS from the first byte."""


class _Answers(io.RawIOBase):
    """What the server says, as long as there is time to listen."""

    def __init__(self, client: BoundedSmtp) -> None:
        self.client = client

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - anything that bytes can be written to
        left, connection = self.client.step_ends - time.monotonic(), self.client.sock
        if left <= 0 or connection is None:
            raise TimeoutError("the server took too long")
        connection.settimeout(left)
        try:
            return connection.recv_into(buffer)
        finally:
            connection.settimeout(self.client.step)
