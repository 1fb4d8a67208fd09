# with: mail
"""SMTP servers of the tests: one that works, with a certificate of its own, and some that do not."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from email import message_from_bytes
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import AuthResult
from aiosmtpd.smtp import Envelope
from aiosmtpd.smtp import Session

HOST = "127.0.0.1"
PASSWORD = "the-password-of-the-mail-server"


@dataclass
class Inbox:
    """What the working server has taken, and how it answers from now on."""

    mails: list[EmailMessage] = field(default_factory=list)
    connections: set[object] = field(default_factory=set)
    rcpt: str = "250 OK"
    data: str = "250 OK"
    most: int = 1_000
    """It takes so many mails, and then stops working."""
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Take a mail, or not."""
        self.connections.add(session.peer)
        if len(self.mails) >= self.most:
            return "421 that is enough"
        if self.data.startswith("250") and isinstance(envelope.content, bytes):
            self.mails.append(message_from_bytes(envelope.content, EmailMessage, policy=policy.default))
        return self.data


@contextmanager
def working(authority: trustme.CA, *, names: tuple[str, ...] = (HOST,), tls: str = "starttls") -> Iterator[Inbox]:
    """A server whose certificate is for `names`; `tls` is as MAIL_SECURITY. With TLS it wants to be logged in to."""
    inbox, context = Inbox(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    options: dict[str, Any] = {"ssl_context": context} if tls == "tls" else {}
    if tls == "starttls":
        options = {"tls_context": context, "require_starttls": True, "auth_required": True}
    controller = Controller(
        inbox, HOST, _free_port(), authenticator=_check, auth_exclude_mechanism=["LOGIN"], **options
    )
    controller.start()
    inbox.port = controller.port
    try:
        yield inbox
    finally:
        controller.stop()


@contextmanager
def broken(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does this with each connection; its port."""
    listener = socket.create_server((HOST, 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    behave(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def hang(connection: socket.socket) -> None:
    """Say nothing until the client leaves."""
    while connection.recv(1024):
        pass


def drip(connection: socket.socket) -> None:
    """Greet, one letter every tenth of a second, without an end."""
    while True:
        connection.sendall(b"2")
        time.sleep(0.1)


def dawdle(connection: socket.socket) -> None:
    """Begin every answer in time, and never come to the end of what can be done without TLS."""
    connection.sendall(b"220 hello\r\n")
    while connection.recv(1024):
        for _ in range(100):
            connection.sendall(b"250-more\r\n")
            time.sleep(0.05)


def _check(*about: Any) -> AuthResult:  # noqa: ANN401 - server, session, envelope, mechanism, data
    """Whether a login is right; a wrong one aiosmtpd refuses itself."""
    right = about[-1].password == PASSWORD.encode()
    return AuthResult(success=right, handled=right)


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


def write_authority(authority: trustme.CA, folder: Path) -> Path:
    """Write an authority's certificate into the folder, for MAIL_CA_FILE."""
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path
