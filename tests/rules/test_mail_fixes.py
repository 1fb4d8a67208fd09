"""What the fixes of mail/misconfigured write, and where they write nothing."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixes

RULE = "mail/misconfigured"
HEAD = "import os\nfrom flask import Flask\nfrom flask_mail import Mail\napp = Flask('a')\n"


def app(*settings: str) -> str:
    """Return an app with these settings of mail."""
    keys = ("MAIL_SERVER='mail.example'", "MAIL_DEFAULT_SENDER='a@b.example'", *settings)
    return HEAD + f"app.config.update({', '.join(keys)})\nmail = Mail(app)\n"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (("MAIL_PORT=587", "MAIL_USE_SSL=True"), "MAIL_PORT=587, MAIL_USE_TLS=True)"),
        (("MAIL_PORT=465", "MAIL_USE_TLS=True"), "MAIL_PORT=465, MAIL_USE_SSL=True)"),
        (("MAIL_PORT=465", "MAIL_USE_SSL=True", "MAIL_USE_TLS=True"), "MAIL_PORT=465, MAIL_USE_SSL=True)"),
        (("MAIL_PORT=587", "MAIL_USE_SSL=True", "MAIL_USE_TLS=True"), "MAIL_PORT=587, MAIL_USE_TLS=True)"),
        (("MAIL_DEBUG=True",), "MAIL_DEFAULT_SENDER='a@b.example')"),
        (
            ("MAIL_USE_TLS=os.environ.get('TLS', 'False')",),
            "MAIL_USE_TLS=os.environ.get('TLS', 'False').lower() in {'1', 'true', 'yes', 'on'})",
        ),
        (("MAIL_USE_TLS='off'",), "MAIL_USE_TLS=False)"),
    ],
)
def test_flags_fit_the_port(settings: tuple[str, ...], expected: str) -> None:
    """A flag becomes the one that fits the port, a superfluous one goes, and a text becomes a truth value."""
    (fix,) = fixes(RULE, app(*settings))
    assert fix is not None
    assert fix.safe
    assert expected in fixed(RULE, app(*settings))


def test_entries_of_a_display_and_statements() -> None:
    """A setting goes as an entry of a display, and as a statement."""
    source = HEAD + "app.config.update({'MAIL_SERVER': 'm', 'MAIL_DEBUG': True})\nmail = Mail(app)\n"
    assert "app.config.update({'MAIL_SERVER': 'm'})" in fixed(RULE, source)
    source = HEAD + "app.config['MAIL_DEBUG'] = True\nmail = Mail(app)\n"
    assert fixed(RULE, source) == HEAD + "mail = Mail(app)\n"


@pytest.mark.parametrize(
    "source",
    [
        app("MAIL_USE_SSL=True"),
        app("MAIL_PORT=2525", "MAIL_USE_SSL=True", "MAIL_USE_TLS=True"),
        app("MAIL_PORT=587", "MAIL_USE_SSL=True", "MAIL_USE_TLS=False"),
        app("MAIL_PORT=465", "MAIL_USE_TLS=True", "MAIL_USE_SSL=False"),
        app("MAIL_USERNAME='a'"),
        app("MAIL_USE_TLS=os.environ.get('TLS', OFF)").replace("app =", "OFF = 'false'\napp ="),
        HEAD + "app.config['A'] = app.config['MAIL_DEBUG'] = True\nmail = Mail(app)\n",
        HEAD + "app.config.setdefault('MAIL_DEBUG', True)\nmail = Mail(app)\n",
        HEAD + "mail = Mail(app)\nmail.quux()\n",
        HEAD + "K = 'MAIL_PORT'\napp.config[K] = 587\nS = 'MAIL_USE_SSL'\napp.config[S] = True\nmail = Mail(app)\n",
    ],
)
def test_settings_that_stay(source: str) -> None:
    """Where the port says nothing, or how a setting is written leaves no edit, there is no fix."""
    assert not any(fixes(RULE, source))


def test_a_misspelt_method() -> None:
    """A method that resembles one of Mail's is taken for it, by an unsafe fix."""
    source = HEAD + "mail = Mail(app)\nmail.send_mesage('x')\n"
    (fix,) = fixes(RULE, source)
    assert fix is not None
    assert not fix.safe
    assert "mail.send_message('x')" in fixed(RULE, source)
