"""The program of the mail server: `python mailbox.py FOLDER`. Nothing but aiosmtpd is needed.

`FOLDER/settings.json` says where it listens and what it wants; `FOLDER/mode.json` how it answers, read for each mail;
`FOLDER/received` gets a file for each mail that it took.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import signal
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

FOR_EVER = 3_600.0


class Mailbox:
    """What happens to a mail.

    Args:
        folder: Where the settings are and the mail goes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1 + len(list((folder / "received").iterdir())))

    def mode(self) -> dict[str, Any]:
        """Return how mail is answered now: `at` is "rcpt", "data", "answer", "before" or "after".

        `code` is the answer to the former two.
        """
        mode: dict[str, Any] = json.loads((self._folder / "mode.json").read_text(encoding="utf-8"))
        return mode

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or answer with the code."""
        _ = server, session, options
        mode = self.mode()
        if mode["at"] == "rcpt":
            return f"{mode['code']} no mail for this address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Keep the mail, or answer with the code; with "answer" it is kept, and the connection cut before the answer.

        With "before" and "after" there is no answer at all: before the mail is kept, or after that.
        """
        _ = session
        mode = self.mode()
        if mode["at"] == "data":
            return f"{mode['code']} not taken"
        if mode["at"] == "before":
            await asyncio.sleep(FOR_EVER)
        self._keep(envelope)
        if mode["at"] == "after":
            await asyncio.sleep(FOR_EVER)
        if mode["at"] == "answer" and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 OK"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        kept = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "raw": base64.b64encode(content).decode("ascii"),
        }
        name = f"{next(self._numbers):06}.json"
        unfinished = self._folder / name
        unfinished.write_text(json.dumps(kept), encoding="utf-8")
        unfinished.rename(self._folder / "received" / name)


def main(folder: Path) -> None:
    """Serve until SIGTERM: STARTTLS on one port, TLS from the first byte on the other."""
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings["certificate"])
    mailbox = Mailbox(folder)
    loop = asyncio.new_event_loop()

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        _ = server, session, envelope, mechanism
        wanted = (settings["username"].encode(), settings["password"].encode())
        right = isinstance(data, LoginPassword) and (data.login, data.password) == wanted
        return AuthResult(success=right, handled=right)

    def protocol(*, starttls: bool) -> SMTP:
        return SMTP(
            mailbox,
            hostname="mail.test",
            loop=loop,
            tls_context=context if starttls else None,
            require_starttls=starttls,
            auth_require_tls=starttls,  # on the other port all is TLS, which aiosmtpd does not know
            auth_required=True,
            authenticator=check,
            timeout=60,
        )

    async def listen() -> None:
        await loop.create_server(lambda: protocol(starttls=True), "127.0.0.1", settings["port"])
        await loop.create_server(lambda: protocol(starttls=False), "127.0.0.1", settings["tls_port"], ssl=context)

    loop.run_until_complete(listen())
    loop.add_signal_handler(signal.SIGTERM, os._exit, 0)
    loop.run_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
