"""The rules about mail on live apps, and on a mail server that says what it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from keck.finding import Level
from keck.live.record import Answer, Instance, LiveApp
from tests.live_support import booted, findings, live, skipped

SET, SERVER = "mail/misconfigured", "mail/server-refuses"
APP = """
from flask import Flask
from flask_mail import Mail

mail = Mail()
app = Flask(__name__)
app.config.update({config})
mail.init_app(app)
"""


def _app(config: str) -> str:
    return APP.replace("{config}", config)


@pytest.mark.parametrize(
    ("config", "symbol", "part"),
    [
        (
            'MAIL_SERVER="smtp.example", MAIL_PORT=587, MAIL_USE_SSL=True',
            "MAIL_USE_SSL",
            "port 587, which begins without",
        ),
        ('MAIL_SERVER="smtp.example", MAIL_USE_SSL=True', "MAIL_USE_SSL", "port 25"),
        ('MAIL_SERVER="smtp.example", MAIL_PORT="465", MAIL_USE_TLS=True', "MAIL_USE_TLS", "means STARTTLS"),
        ("MAIL_USE_TLS=True, MAIL_USE_SSL=True, MAIL_PORT=465", "MAIL_USE_SSL", "are both on"),
        ('MAIL_USE_TLS="False", MAIL_PORT=465', "MAIL_USE_TLS", 'the text "False"'),
        ('MAIL_USE_SSL="0"', "MAIL_USE_SSL", 'the text "0"'),
        ('MAIL_SERVER="smtp.example", MAIL_USERNAME="shop"', "MAIL_PASSWORD", "does not log in, and says nothing"),
        ('MAIL_USERNAME="shop", MAIL_PASSWORD="x83h2"', "MAIL_SERVER", "port 25 of the machine that the app runs on"),
        ('MAIL_SERVER="smtp.example", MAIL_DEBUG=True', "MAIL_DEBUG", "the password in it"),
    ],
)
def test_settings_that_contradict_are_found(config: str, symbol: str, part: str) -> None:
    """Settings of mail that contradict each other, or lack one, are found under their key."""
    (one,) = live(SET, _app(config))
    assert (one.symbol, one.level) == (symbol, Level.warning)
    assert part in one.message


@pytest.mark.parametrize(
    "config",
    [
        "",
        'MAIL_SERVER="smtp.example"',
        'MAIL_SERVER="smtp.example", MAIL_PORT=587, MAIL_USE_TLS=True, MAIL_USERNAME="a", MAIL_PASSWORD="x83h2"',
        'MAIL_SERVER="smtp.example", MAIL_PORT=465, MAIL_USE_SSL=True',
        'MAIL_SERVER="smtp.example", MAIL_PORT=2525, MAIL_USE_SSL=True',
        'MAIL_SERVER="127.0.0.1", MAIL_USERNAME="a", MAIL_PASSWORD="x83h2"',
        'MAIL_SERVER="smtp.example", MAIL_PORT="587", MAIL_USE_TLS=True',
        'MAIL_USE_TLS="True", MAIL_PORT=465',
        'MAIL_USE_TLS=""',
        "MAIL_USE_TLS=None",
        "MAIL_DEBUG=False",
        "DEBUG=True",
        "MAIL_SUPPRESS_SEND=True, MAIL_USE_TLS=True, MAIL_USE_SSL=True",
        "TESTING=True, MAIL_USE_TLS=True, MAIL_USE_SSL=True",
        'MAIL_USERNAME="", MAIL_PASSWORD=""',
    ],
)
def test_settings_that_fit_are_silent(config: str) -> None:
    """Settings that fit together, and those of mail that is never sent, are no finding."""
    assert live(SET, _app(config)) == []


def test_debug_mode_may_print_the_dialogue() -> None:
    """In debug mode `MAIL_DEBUG` is on by itself."""
    assert live(SET, _app("MAIL_DEBUG=True"), FLASK_DEBUG="1") == []


def test_suppressed_mail_is_skipped_with_the_reason() -> None:
    """Where no mail leaves, its settings cannot be wrong."""
    assert skipped(SET, booted(_app("TESTING=True"))) == "mail is suppressed"


class _Server(socketserver.ThreadingTCPServer):
    """A mail server that offers so much after EHLO."""

    daemon_threads = True
    offers: tuple[str, ...] = ()


class _Talk(socketserver.StreamRequestHandler):
    """A conversation with a client: EHLO, AUTH and QUIT, as the server of `_server` was told to."""

    def handle(self) -> None:
        """Answer until the client goes."""
        assert isinstance(self.server, _Server)
        offers = self.server.offers
        self.wfile.write(b"220 mail.example\r\n")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"EHLO":
                answers = ["mail.example", *offers]
                last = len(answers) - 1
                self.wfile.writelines(
                    f"250{' ' if number == last else '-'}{one}\r\n".encode() for number, one in enumerate(answers)
                )
            elif word == b"AUTH":
                self.wfile.write(b"535 wrong\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


@contextmanager
def _server(*offers: str) -> Iterator[int]:
    """Yield the port of a mail server without TLS that offers so much and refuses every password."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.offers = offers
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("offers", "config", "symbol", "part"),
    [
        (["AUTH PLAIN"], 'MAIL_USERNAME="a", MAIL_PASSWORD="x83h2"', "MAIL_PASSWORD", "535"),
        ([], 'MAIL_USERNAME="a", MAIL_PASSWORD="x83h2"', "MAIL_USERNAME", "no AUTH"),
        ([], "MAIL_USE_TLS=True", "MAIL_USE_TLS", "no STARTTLS"),
    ],
)
def test_what_the_server_refuses_is_found(offers: list[str], config: str, symbol: str, part: str) -> None:
    """A server that answers and does not take what the settings say is found under the key to look at."""
    with _server(*offers) as port:
        app = booted(_app(f'MAIL_SERVER="127.0.0.1", MAIL_PORT={port}, {config}'), backends=True)
    (one,) = findings(SERVER, app)
    assert (one.symbol, one.level) == (symbol, Level.error)
    assert part in one.message
    assert "x83h2" not in one.message + one.help


@pytest.mark.parametrize("config", ['MAIL_DEFAULT_SENDER="a@b.example"', "MAIL_USERNAME=None"])
def test_a_server_that_takes_all_is_silent(config: str) -> None:
    """A server that is content with the settings is no finding."""
    with _server("AUTH PLAIN", "SIZE 1000") as port:
        app = booted(_app(f'MAIL_SERVER="127.0.0.1", MAIL_PORT={port}, {config}'), backends=True)
    assert findings(SERVER, app) == []
    assert skipped(SERVER, app) == ""


def test_servers_that_are_not_there_are_another_rule() -> None:
    """What does not answer refuses nothing."""
    app = booted(_app('MAIL_SERVER="127.0.0.1", MAIL_PORT=1'), backends=True)
    assert skipped(SERVER, app) == "the mail server is unreachable"


def _record(state: str, detail: str = "", **facts: object) -> LiveApp:
    answers = (
        Answer("redis", "redis of the cache", "localhost:6379/0", "answers"),
        Answer("smtp", "mail server", "smtp.example:587", state, detail=detail, facts=facts),
    )
    return LiveApp("shop", instances=(Instance("mail", "shop:mail", bound="unknown"),), answers=answers)


@pytest.mark.parametrize(
    ("app", "symbol", "level"),
    [
        (
            _record("refuses", "its certificate", certificate="self-signed certificate", auth="not tried"),
            "MAIL_SERVER",
            Level.warning,
        ),
        (_record("answers", certificate="", auth="not tried", tls=""), "MAIL_USE_TLS", Level.warning),
        (_record("refuses", "wrong version number", certificate="", auth=""), "MAIL_SERVER", Level.error),
    ],
)
def test_certificates_and_passwords_in_the_clear(app: LiveApp, symbol: str, level: Level) -> None:
    """A certificate that nobody vouches for and a password without encryption are warnings."""
    (one,) = findings(SERVER, app)
    assert (one.symbol, one.level) == (symbol, level)


@pytest.mark.parametrize(
    "app",
    [
        _record("answers", certificate="verified", auth="accepted", tls="TLSv1.3"),
        _record("answers", certificate="unverified", auth="accepted", tls="TLSv1.3"),
        _record("answers", certificate="verified", auth="not tried", tls="TLSv1.3"),
    ],
)
def test_servers_that_are_content_stay_silent(app: LiveApp) -> None:
    """What the server accepts is no finding."""
    assert findings(SERVER, app) == []
