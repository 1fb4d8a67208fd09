"""A mail server that wants TLS and a password, and that can fail in the ways mail servers do."""

from __future__ import annotations

import base64
import json
import secrets
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tests.service.servers import mailbox, run
from tests.service.servers.certificates import Certificate, issue
from tests.service.servers.mail import Mail
from tests.service.servers.process import Process, wait_until

USERNAME = "postman"


class Smtp:
    """One server: STARTTLS on one port, TLS from the start on another; it works until it is told otherwise."""

    def __init__(self) -> None:
        self.folder = run.new_folder("smtp")
        self.port, self.tls_port = run.free_port(), run.free_port()
        self.password = secrets.token_hex(16)
        self.certificates = issue(self.folder)
        self.certificate = Certificate.good
        self._received = self.folder / "received"
        self._received.mkdir()
        self._process: Process | None = None
        self._answer("", 0)
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.stop()

    @property
    def pid(self) -> int:
        """The pid of the server."""
        return self.process.pid

    @property
    def process(self) -> Process:
        """The running server."""
        assert self._process is not None, "the mail server is stopped"
        return self._process

    def settings(self, security: Literal["starttls", "tls"] = "starttls") -> dict[str, str]:
        """Return the service's settings for this server."""
        return {
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(self.port if security == "starttls" else self.tls_port),
            "MAIL_SECURITY": security,
            "MAIL_USERNAME": USERNAME,
            "MAIL_PASSWORD": self.password,
            "MAIL_SENDER": "shop@shop.example",
            "MAIL_CA_FILE": str(self.certificates.authority),
            "MAIL_TIMEOUT": "2",
        }

    def start(self) -> None:
        """Start it on the ports that it had before; what it received stays."""
        assert self._process is None
        path = self.folder / "settings.json"
        path.touch(mode=0o600)
        settings = {
            "port": self.port,
            "tls_port": self.tls_port,
            "certificate": str(self.certificates.path(self.certificate)),
            "username": USERNAME,
            "password": self.password,
        }
        path.write_text(json.dumps(settings), encoding="utf-8")
        command = [sys.executable, str(Path(mailbox.__file__)), str(self.folder)]
        process = Process("smtp", command, self.folder)
        process.wait_ready(lambda: _greets(self.port) and _greets(self.tls_port, wait=False))
        self._process = process

    def stop(self) -> None:
        """End it; from then on connections are refused."""
        process, self._process = self.process, None
        process.resume()
        process.stop()

    def kill(self) -> None:
        """Kill it at once."""
        process, self._process = self.process, None
        process.kill()

    def work(self) -> None:
        """Take every mail again, whatever was the matter."""
        self._answer("", 0)
        if self._process is None:
            self.start()
        self.process.resume()
        if self.certificate is not Certificate.good:
            self.show(Certificate.good)

    def refuse(self) -> None:
        """Refuse connections."""
        self.stop()

    def hang(self) -> None:
        """Take connections and say nothing."""
        self.process.pause()

    def fail(self, code: int = 451, at: Literal["rcpt", "data"] = "data") -> None:
        """Answer each recipient or each mail with the code: 4xx is for now, 5xx for good."""
        self._answer(at, code)

    def lose_answers(self) -> None:
        """Take each mail, then cut the connection before saying so."""
        self._answer("answer", 0)

    def fall_silent(self, at: Literal["before", "after"]) -> None:
        """Go on taking connections, but give no answer to a mail: before it is kept, or after that."""
        self._answer(at, 0)

    def show(self, certificate: Certificate) -> None:
        """Show this certificate; it takes a restart."""
        self.stop()
        self.certificate = certificate
        self.start()

    def received(self, to: str | None = None) -> list[Mail]:
        """Return the mail taken so far, all or that to one address, in the order in which it came."""
        mails = []
        for path in sorted(self._received.iterdir()):
            kept = json.loads(path.read_text(encoding="utf-8"))
            mails.append(Mail(kept["sender"], tuple(kept["recipients"]), base64.b64decode(kept["raw"])))
        return [mail for mail in mails if to is None or to in mail.recipients]

    def wait_for(self, to: str, count: int = 1, within: float = 15.0) -> list[Mail]:
        """Return the mail to an address once there are so many; fail after so many seconds."""
        wait_until(lambda: len(self.received(to)) >= count, f"{count} mails to {to}", within)
        return self.received(to)

    def forget(self) -> None:
        """Throw away what was received."""
        for path in self._received.iterdir():
            path.unlink()

    def _answer(self, at: str, code: int) -> None:
        unfinished = self.folder / "mode.new"
        unfinished.write_text(json.dumps({"at": at, "code": code}), encoding="utf-8")
        unfinished.rename(self.folder / "mode.json")


def _greets(port: int, *, wait: bool = True) -> bool:
    """Whether something listens there, and says so first unless it is not to be waited for."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return not wait or connection.recv(64).startswith(b"220")
    except OSError:
        return False
