"""What a mail server says, and that it gets no mail."""

from __future__ import annotations

import smtplib
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask_mail import Connection, Mail

from tests.backends import apps
from tests.service.servers.certificates import Certificate
from tests.service.servers.rig import Rig
from tests.service.servers.smtp import Smtp


def with_mail(**config: Any) -> Flask:  # noqa: ANN401
    """Return an app with Flask-Mail."""
    made = apps.app(**{f"MAIL_{name.upper()}": value for name, value in config.items()})
    Mail(made)
    return made


def settings(server: Smtp, *, tls: bool = False, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the config for a server: STARTTLS, or TLS from the start."""
    found: dict[str, Any] = {"server": "127.0.0.1", "username": "postman", "password": server.password}
    found |= {"port": server.tls_port, "use_ssl": True} if tls else {"port": server.port, "use_tls": True}
    return {**found, **more}


@pytest.fixture
def trusted(smtp: Smtp, monkeypatch: pytest.MonkeyPatch) -> Smtp:
    """The session's mail server, its authority trusted as one of the system's is."""
    monkeypatch.setenv("SSL_CERT_FILE", str(smtp.certificates.authority))
    return smtp


@pytest.mark.parametrize("tls", [False, True], ids=["starttls", "tls"])
def test_answers(trusted: Smtp, *, tls: bool) -> None:
    """TLS with a verified certificate, user and password accepted, and no mail received."""
    before = len(trusted.received())
    one = apps.answer(with_mail(**settings(trusted, tls=tls)), "smtp")
    port = trusted.tls_port if tls else trusted.port
    assert (one.state, one.name, one.where) == ("answers", "mail server", f"127.0.0.1:{port}"), one
    assert one.detail == "TLSv1.3, accepted"
    expected = {
        "own": "",
        "tls": "TLSv1.3",
        "certificate": "verified",
        "auth_offered": ["LOGIN", "PLAIN"],
        "auth": "accepted",
        "size": 33554432,
    }
    assert one.facts == expected | ({} if tls else {"starttls_offered": True})
    assert trusted.password not in str(one)
    assert len(trusted.received()) == before


@pytest.mark.parametrize("tls", [False, True], ids=["starttls", "tls"])
def test_certificate_of_an_unknown_authority(smtp: Smtp, *, tls: bool) -> None:
    """A certificate that nobody vouches for is refused, and the password stays here."""
    one = apps.answer(with_mail(**settings(smtp, tls=tls)), "smtp")
    assert (one.state, one.facts["auth"]) == ("refuses", "not tried"), one
    assert one.detail.startswith("its certificate is not to be trusted: ")
    assert "certificate" in one.facts["certificate"]


def test_certificate_of_another_host(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate for another host is refused."""
    server = rig.new_smtp()
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificates.authority))
    server.show(Certificate.wrong_host)
    one = apps.answer(with_mail(**settings(server, username=None)), "smtp")
    assert (one.state, one.facts["auth"]) == ("refuses", "")
    assert "127.0.0.1" in one.facts["certificate"]


def test_wrong_password(trusted: Smtp) -> None:
    """A refused password is told with the server's code, and not shown."""
    one = apps.answer(with_mail(**settings(trusted, password="wrong-one")), "smtp")  # noqa: S106 - it is wrong
    assert (one.state, one.facts["auth"]) == ("refuses", "refused")
    assert one.detail.startswith("it refuses user and password: 535")
    assert "wrong-one" not in str(one)


def test_tls_where_none_is(trusted: Smtp) -> None:
    """TLS from the start on a port that begins without is there, and refuses."""
    one = apps.answer(with_mail(**settings(trusted, tls=True, port=trusted.port)), "smtp")
    assert one.state == "refuses", one


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_unreachable(dead: int, *, tls: bool) -> None:
    """A closed port is unreachable."""
    one = apps.answer(with_mail(server="127.0.0.1", port=dead, use_ssl=tls, password="hidden"), "smtp")  # noqa: S106
    assert (one.state, one.where) == ("unreachable", f"127.0.0.1:{dead}")
    assert one.seconds < 1.5


def test_unknown_host() -> None:
    """A host that no name server knows is unreachable."""
    assert apps.answer(with_mail(server="no-such-host.invalid"), "smtp").state == "unreachable"


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_mute(mute: int, *, tls: bool) -> None:
    """A server that takes connections and says nothing costs the time limit."""
    began = time.monotonic()
    one = apps.answer(with_mail(server="127.0.0.1", port=mute, use_ssl=tls), "smtp", 0.5)
    assert time.monotonic() - began < 10
    assert one.state == "unreachable"


@pytest.mark.parametrize(
    ("config", "detail"),
    [
        ({"suppress_send": True}, "mail is suppressed"),
        ({"server": ""}, "MAIL_SERVER is not set"),
        ({}, "MAIL_SERVER is not set"),
        ({"port": 2525}, "MAIL_SERVER is not set"),
    ],
)
def test_skipped(config: dict[str, Any], detail: str) -> None:
    """Where the app would not connect, nobody does."""
    one = apps.answer(with_mail(**config), "smtp")
    assert (one.state, one.detail) == ("skipped", detail)
    assert bool(one.where) == ("suppress_send" in config and "server" in config)


def test_other_extension_of_that_name() -> None:
    """Without Flask-Mail nothing is asked."""
    made = with_mail()
    kept = sys.modules.pop("flask_mail")
    try:
        assert apps.answers(made, "smtp") == []
    finally:
        sys.modules["flask_mail"] = kept


@contextmanager
def server_that_says(*answers: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Run a server that answers so, line by line, and then closes; keeps what it was told."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as lines:
                for number, answer in enumerate(answers):
                    if number:
                        heard.append(lines.readline())
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], heard
        thread.join(5)


@pytest.mark.parametrize(
    ("config", "answers", "state", "detail", "auth"),
    [
        (
            {"use_tls": True},
            [b"220 hi\r\n", b"250 hi\r\n"],
            "refuses",
            "MAIL_USE_TLS is set, but it offers no STARTTLS",
            "",
        ),
        ({}, [b"554 no\r\n"], "refuses", "(554, b'no')", ""),
        ({}, [b"421 busy\r\n"], "refuses", "(421, b'busy')", ""),
        ({}, [b""], "unreachable", "Connection unexpectedly closed", ""),
        ({}, [b"220 hi\r\n", b"250-hi\r\n250 SIZE x\r\n", b"250 ok\r\n", b"221 bye\r\n"], "answers", "no TLS", ""),
        ({}, [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n"], "answers", "no TLS", ""),
        ({}, [b"220 hi\r\n", b"250 hi\r\n", b""], "refuses", "Connection unexpectedly closed", ""),
        (
            {"username": "ada", "password": "hidden"},
            [b"220 hi\r\n", b"250 hi\r\n", b""],
            "refuses",
            "MAIL_USERNAME is set, but it offers no AUTH",
            "not offered",
        ),
        (
            {"username": "ada", "password": "hidden"},
            [b"220 hi\r\n", b"250-hi\r\n250 AUTH PLAIN\r\n", b"235 ok\r\n", b"250 ok\r\n", b"221 bye\r\n"],
            "answers",
            "no TLS, accepted",
            "accepted",
        ),
        (
            {"username": "ada", "password": "hidden"},
            [b"220 hi\r\n", b"250-hi\r\n250 AUTH PLAIN\r\n", b"535 bad hidden\r\n", b"535 bad hidden\r\n"],
            "refuses",
            "it refuses user and password: 535 bad ***",
            "refused",
        ),
    ],
)
def test_conversations(config: dict[str, Any], answers: list[bytes], state: str, detail: str, auth: str) -> None:
    """Each way in which a server may answer is told as what it is."""
    with server_that_says(*answers) as (port, heard):
        one = apps.answer(with_mail(server="127.0.0.1", port=port, **config), "smtp")
    assert (one.state, one.detail, one.facts["auth"]) == (state, detail, auth)
    assert not [line for line in heard if line.upper().startswith((b"MAIL", b"RCPT", b"DATA"))]


def test_password_is_not_sent_unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    """To another machine the password does not leave without TLS, though Flask-Mail would send it."""
    with server_that_says(b"220 a\r\n", b"250-a\r\n250 AUTH PLAIN\r\n", b"250 a\r\n", b"221 a\r\n") as (port, heard):
        real = socket.getaddrinfo
        found: Callable[..., Any] = lambda _, *more: real("127.0.0.1", *more)  # noqa: E731
        monkeypatch.setattr(socket, "getaddrinfo", found)
        made = with_mail(server="mail.example", port=port, username="ada", password="hidden")  # noqa: S106
        one = apps.answer(made, "smtp")
    assert (one.state, one.facts["auth"]) == ("answers", "not tried")
    assert not [line for line in heard if b"AUTH" in line]


@pytest.fixture
def holder() -> Iterator[ModuleType]:
    """A loaded module of a project."""
    module = ModuleType("shop_mail")
    sys.modules["shop_mail"] = module
    yield module
    del sys.modules["shop_mail"]


class Checked(Connection):
    """Trusts an authority of the project's own."""

    authority = ""
    check = True

    def configure_host(self) -> smtplib.SMTP:
        """Connect as the project does."""
        context = ssl.create_default_context(cafile=self.authority)
        if not self.check:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        client = smtplib.SMTP(self.mail.server, self.mail.port, timeout=2)
        try:
            if self.mail.use_tls:
                client.starttls(context=context)
            if self.mail.username and self.mail.password:
                client.login(self.mail.username, self.mail.password)
        except BaseException:
            client.close()
            raise
        return client


class OwnMail(Mail):
    """Connects with `Checked`."""

    def connect(self) -> Connection:
        """Return it, for the app of the context."""
        from flask import current_app

        return Checked(current_app.extensions["mail"])


@pytest.mark.parametrize("check", [True, False])
def test_projects_own_connection(
    smtp: Smtp, holder: ModuleType, monkeypatch: pytest.MonkeyPatch, *, check: bool
) -> None:
    """Where the project opens the connection itself, its way is asked, and whether it verifies is told."""
    monkeypatch.setattr(Checked, "authority", str(smtp.certificates.authority))
    monkeypatch.setattr(Checked, "check", check)
    made = with_mail(**settings(smtp))
    vars(holder)["mail"] = OwnMail(made)
    before = len(smtp.received())
    one = apps.answer(made, "smtp")
    assert (one.state, one.facts["certificate"]) == ("answers", "verified" if check else "unverified")
    assert (one.facts["own"], one.facts["auth"]) == (f"{__name__}.Checked", "accepted")
    assert len(smtp.received()) == before


def test_projects_own_connection_fails(
    smtp: Smtp, holder: ModuleType, monkeypatch: pytest.MonkeyPatch, dead: int
) -> None:
    """Failures of the project's own connection are told as those of ours; without TLS there is no certificate."""
    monkeypatch.setattr(Checked, "authority", str(smtp.certificates.authority))
    made = with_mail(**settings(smtp, password="wrong-one"))  # noqa: S106 - it is wrong
    vars(holder)["mail"] = OwnMail(made)
    assert apps.answer(made, "smtp").facts["auth"] == "refused"
    vars(holder)["mail"] = OwnMail(made := with_mail(server="127.0.0.1", port=dead))
    assert apps.answer(made, "smtp").state == "unreachable"
    made = with_mail(server="127.0.0.1", port=smtp.port)
    vars(holder)["mail"] = OwnMail(made)
    one = apps.answer(made, "smtp")
    assert (one.state, one.facts["certificate"], one.facts["auth"]) == ("answers", "", "")


def test_connections_that_do_not_open_otherwise(trusted: Smtp, holder: ModuleType) -> None:
    """A connection of the project's that opens as Flask-Mail does, or belongs to another app, is not asked."""

    class Plain(Mail):
        """Gives a connection as it is."""

        def connect(self) -> Connection:
            """Return it."""
            from flask import current_app

            return Connection(current_app.extensions["mail"])

    class Elsewhere(Mail):
        """Gives a connection to another server."""

        def connect(self) -> Connection:
            """Return it."""
            return Connection(Mail())

    made = with_mail(**settings(trusted))
    vars(holder).update(a=Plain(), b=Elsewhere(), c=Mail(), d=Mail)
    vars(holder)["again"] = vars(holder)["a"]
    one = apps.answer(made, "smtp")
    assert (one.state, one.facts["own"]) == ("answers", "")
