# with: mail
"""How mail leaves: only to a server that shows who it is, and never taking for ever."""

from __future__ import annotations

import smtplib
import socket
import ssl
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from apiflask import APIFlask
from flask_mail import BadHeaderError
from flask_mail import Message

from shop.extensions import mail
from shop.mail.transport import BoundedSmtp

from . import smtp
from .conftest import MakeApp


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who issues certificates."""
    return trustme.CA()


@pytest.fixture
def app_for(make_app: MakeApp, authority: trustme.CA, tmp_path: Path) -> Callable[..., APIFlask]:
    """Make an app whose mail goes to a port of this machine, and that trusts the authority."""
    ca_file = smtp.write_authority(authority, tmp_path)

    def make(port: int, **values: object) -> APIFlask:
        server = {"mail_server": smtp.HOST, "mail_port": port, "mail_ca_file": ca_file}
        user = {"mail_username": "ann", "mail_password": smtp.PASSWORD, "mail_timeout": 0.5}
        return make_app(**{**server, **user, **values})

    return make


def send(app: APIFlask) -> None:
    """Send a mail."""
    with app.app_context():
        mail.send(Message("Hello", recipients=["ann@example.com"], body="How are you?"))


def test_starttls(app_for: Callable[..., APIFlask], authority: trustme.CA) -> None:
    """A mail goes over STARTTLS, after logging in, to a server whose certificate holds."""
    with smtp.working(authority) as inbox:
        send(app_for(inbox.port))
    assert [str(found["To"]) for found in inbox.mails] == ["ann@example.com"]


def test_tls(app_for: Callable[..., APIFlask], authority: trustme.CA) -> None:
    """A mail goes over TLS from the first byte."""
    with smtp.working(authority, tls="tls") as inbox:
        send(app_for(inbox.port, mail_security="tls", mail_username=None))
    assert len(inbox.mails) == 1


def test_no_tls(app_for: Callable[..., APIFlask], authority: trustme.CA) -> None:
    """Without TLS mail goes only where the settings say so, and then without logging in."""
    with smtp.working(authority, tls="none") as inbox:
        send(app_for(inbox.port, mail_security="none", mail_username=None))
    assert len(inbox.mails) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_unknown_authority(app_for: Callable[..., APIFlask], security: str) -> None:
    """A certificate of an authority that is not trusted is refused before anything is said."""
    with smtp.working(trustme.CA(), tls=security) as inbox, pytest.raises(ssl.SSLCertVerificationError):
        send(app_for(inbox.port, mail_security=security))
    assert inbox.mails == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_other_host(app_for: Callable[..., APIFlask], authority: trustme.CA, security: str) -> None:
    """A certificate for another host is refused."""
    with (
        smtp.working(authority, names=("elsewhere.example",), tls=security) as inbox,
        pytest.raises(ssl.SSLCertVerificationError, match="not valid for"),
    ):
        send(app_for(inbox.port, mail_security=security))
    assert inbox.mails == []


def test_systems_authorities(app_for: Callable[..., APIFlask], authority: trustme.CA) -> None:
    """Without MAIL_CA_FILE the authorities of the system count, and ours is none of them."""
    with smtp.working(authority) as inbox, pytest.raises(ssl.SSLCertVerificationError):
        send(app_for(inbox.port, mail_ca_file=None))


def test_starttls_is_not_offered(app_for: Callable[..., APIFlask], authority: trustme.CA) -> None:
    """A server that does not offer STARTTLS, or somebody between who took the offer out, gets nothing."""
    with smtp.working(authority, tls="none") as inbox, pytest.raises(smtplib.SMTPNotSupportedError):
        send(app_for(inbox.port))
    assert inbox.mails == []


def test_wrong_password(app_for: Callable[..., APIFlask], authority: trustme.CA) -> None:
    """A refused login is an error that does not quote the password."""
    with smtp.working(authority) as inbox, pytest.raises(smtplib.SMTPAuthenticationError) as caught:
        send(app_for(inbox.port, mail_password="another"))
    assert "another" not in str(caught.value)


@pytest.mark.parametrize("behave", [smtp.hang, smtp.drip, smtp.dawdle])
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_slow_server(app_for: Callable[..., APIFlask], behave: Callable[[socket.socket], None], security: str) -> None:
    """A server that is silent, sends a letter now and then, or goes on for ever, costs three time limits at most."""
    with smtp.broken(behave) as port:
        begun = time.monotonic()
        with pytest.raises(OSError, match=r"timed out|too long|EOF|WRONG_VERSION|record"):
            send(app_for(port, mail_security=security))
        assert time.monotonic() - begun < 3 * 0.5 + 0.5


def test_time_is_up(app_for: Callable[..., APIFlask], authority: trustme.CA) -> None:
    """When a mail's whole time is used up, not even an answer that is there already is waited for."""
    with smtp.working(authority) as inbox, app_for(inbox.port).app_context(), mail.connect() as connection:
        assert isinstance(connection.host, BoundedSmtp)
        connection.host.allow(0)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="too long"):
            connection.host.noop()


def test_suppressed(app_for: Callable[..., APIFlask]) -> None:
    """Flask-Mail's own switch for tests is heeded: nothing is connected to."""
    app = app_for(1)
    app.extensions["mail"].suppress = True
    with app.app_context(), mail.record_messages() as messages:
        send(app)
    assert len(messages) == 1


def test_kept(app: APIFlask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a server a mail is shown, and kept under its Message-ID, for this user's eyes only."""
    with app.app_context():
        message = Message("Hello", ["ann@example.com"], "How are you?")
        message.msgId = "<one/../two@example.com>"
        mail.send(message)
        mail.send(message)
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == "one..two@example.com.eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"How are you?" in path.read_bytes()
    assert "How are you?" in capsys.readouterr().out


def test_kept_in_production(make_app: MakeApp, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """In production the log names the file, and shows nothing of what is in it."""
    with make_app(environment="production").app_context():
        mail.send(Message("Hello", ["ann@example.com"], "How are you?"))
    printed = "".join(capfd.readouterr())
    assert ".eml" in printed
    assert "How are you?" not in printed
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_not_kept(app: APIFlask, tmp_path: Path) -> None:
    """A mail with a header that would become two is refused, and nothing half written stays."""
    with app.app_context(), pytest.raises(BadHeaderError):
        mail.send(Message("Hello\nBcc: eve@example.com", ["ann@example.com"], "How are you?"))
    assert not (tmp_path / "mail").exists()


def test_kept_whole_or_not(app: APIFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a mail cannot be put in its place, what was written of it is removed."""

    def refuse(_: Path, __: Path) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "replace", refuse)
    with app.app_context(), pytest.raises(OSError, match="disk"):
        mail.send(Message("Hello", ["ann@example.com"], "How are you?"))
    assert list((tmp_path / "mail").iterdir()) == []


def test_kept_where_nothing_is_shown(app: APIFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that is gone keeps no mail back."""

    def gone(_: str) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("shop.mail.transport.click.echo", gone)
    app.extensions["mail"].suppress = False
    send(app)
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_kept_suppressed(app: APIFlask, tmp_path: Path) -> None:
    """Flask-Mail's own switch for tests keeps nothing either."""
    app.extensions["mail"].suppress = True
    send(app)
    assert not (tmp_path / "mail").exists()
