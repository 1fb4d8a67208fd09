"""mail/misconfigured: settings that contradict each other, or that are missing."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "mail/misconfigured"
HEAD = "import os\nfrom flask import Flask\nfrom flask_mail import Mail, Message\nmail = Mail()\n"
TAIL = "\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object(Config)\n    mail.init_app(app)\n    return app\n"


def symbols(settings: str, body: str = "", name: str = "Config") -> list[str]:
    """Return the keys that the rule names for a class of settings that the app loads."""
    rows = "".join(f"    {row}\n" for row in settings.split("; "))
    return [
        one.symbol for one in findings(RULE, f"{HEAD}class {name}:\n{rows}{body}{TAIL.replace('Config)', name + ')')}")
    ]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("MAIL_USE_SSL = True; MAIL_PORT = 587", ["MAIL_USE_SSL"]),
        ("MAIL_USE_SSL = True; MAIL_PORT = '25'", ["MAIL_USE_SSL"]),
        ("MAIL_USE_SSL = True; MAIL_PORT = int(os.environ.get('MAIL_PORT') or 587)", ["MAIL_USE_SSL"]),
        ("MAIL_USE_SSL = True; MAIL_SERVER = 'smtp'", ["MAIL_USE_SSL"]),
        ("MAIL_USE_TLS = True; MAIL_PORT = 465", ["MAIL_USE_TLS"]),
        ("MAIL_USE_TLS = os.environ.get('TLS', True); MAIL_PORT = os.environ.get('PORT', '465')", ["MAIL_USE_TLS"]),
        ("MAIL_USE_TLS = True; MAIL_USE_SSL = True; MAIL_PORT = 465", ["MAIL_USE_SSL"]),
        ("MAIL_USE_TLS = os.environ.get('MAIL_USE_TLS', 'False'); MAIL_PORT = 25", ["MAIL_USE_TLS"]),
        ("MAIL_USE_SSL = 'no'; MAIL_PORT = 465", ["MAIL_USE_SSL"]),
        ("MAIL_USERNAME = 'shop'; MAIL_SERVER = 'smtp'", ["MAIL_PASSWORD"]),
        ("MAIL_USERNAME = os.environ.get('USER'); MAIL_PASSWORD = os.environ.get('PASS')", ["MAIL_SERVER"]),
        ("MAIL_DEBUG = True; MAIL_SERVER = 'smtp'", ["MAIL_DEBUG"]),
    ],
)
def test_faults_are_found(settings: str, expected: list[str]) -> None:
    """A contradiction or a gap is found in a class of settings, by literals and by the environment's fallbacks."""
    assert symbols(settings) == expected


@pytest.mark.parametrize(
    "settings",
    [
        "MAIL_USE_SSL = True; MAIL_PORT = 465",
        "MAIL_USE_TLS = True; MAIL_PORT = 587",
        "MAIL_USE_TLS = True; MAIL_SERVER = 'smtp'",
        "MAIL_USE_SSL = False; MAIL_USE_TLS = True; MAIL_PORT = 587",
        "MAIL_USE_SSL = os.environ.get('SSL') == '1'; MAIL_PORT = 587",
        "MAIL_USE_SSL = os.environ.get('SSL'); MAIL_PORT = 587",
        "MAIL_USE_SSL = True; MAIL_PORT = int(os.environ['PORT'])",
        "MAIL_USE_SSL = True; MAIL_PORT = PORTS[0]",
        "MAIL_USE_SSL = True; MAIL_PORT = 2465",
        "MAIL_USE_SSL = True; MAIL_PORT = 587 if os.environ.get('X') else 465",
        "MAIL_USE_SSL = True if os.environ.get('X') else False; MAIL_PORT = 587",
        "MAIL_USE_TLS = os.environ.get('TLS', 'false').lower() == 'true'; MAIL_PORT = 465",
        "MAIL_USE_TLS = 'true'; MAIL_PORT = 587",
        "MAIL_USE_TLS = True; MAIL_PORT = 'smtps'",
        "MAIL_USERNAME = ''; MAIL_SERVER = 'smtp'",
        "MAIL_USERNAME = None; MAIL_SERVER = 'smtp'",
        "MAIL_USERNAME = 'a'; MAIL_PASSWORD = os.environ['P']; MAIL_SERVER = 'smtp'",
        "MAIL_DEBUG = False; MAIL_SERVER = 'smtp'",
        "MAIL_DEBUG = os.environ.get('X'); MAIL_SERVER = 'smtp'",
    ],
)
def test_what_fits_or_is_unknown_is_left_alone(settings: str) -> None:
    """Settings that fit, and those whose value cannot be known, are not told."""
    assert symbols(settings) == []


def test_test_and_development_configs_are_judged_by_their_role() -> None:
    """A test config is not told at all, and a development config may print the dialogue."""
    assert symbols("MAIL_USE_SSL = True; MAIL_PORT = 587; MAIL_DEBUG = True", name="TestingConfig") == []
    assert symbols("MAIL_DEBUG = True; MAIL_SERVER = 'smtp'", name="DevelopmentConfig") == []


def test_inherited_settings_count() -> None:
    """A port of a base class and a flag of the class below it are judged together, and told once."""
    body = "class Production(Config):\n    MAIL_USE_SSL = True\nclass Staging(Production):\n    MAIL_USERNAME = ''\n"
    assert symbols("MAIL_PORT = 587; MAIL_SERVER = 'smtp'", body) == ["MAIL_USE_SSL"]


def test_direct_writes_are_judged_together() -> None:
    """Settings that a function writes to the app one by one are judged like those of a class."""
    code = HEAD + (
        "def create_app():\n    app = Flask(__name__)\n    app.config['MAIL_PORT'] = 587\n    app.config['MAIL_USE_SSL'] = True\n"
        "    app.config['MAIL_PASSWORD'] = os.environ['P']\n    mail.init_app(app)\n    return app\n"
    )
    assert lines(RULE, code) == ["app.py:8 warning"]


def test_hidden_settings_silence_what_is_missing() -> None:
    """Where settings are loaded that cannot be seen, nothing is called missing."""
    hidden = TAIL.replace("    mail.init", "    app.config.from_envvar('SETTINGS')\n    mail.init")
    code = HEAD + "class Config:\n    MAIL_USERNAME = 'a'\n    MAIL_USE_SSL = True\n" + hidden
    assert lines(RULE, code + "def send():\n    mail.send(Message('a', ['b@c']))\n") == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def send():\n    mail.send(Message('a', recipients=['b@c']))\n", ["send"]),
        ("message = Message('a')\n", ["Message"]),
        ("def send():\n    mail.send(Message('a', sender='x@y'))\n", []),
        ("def send():\n    mail.send(Message('a', ['b@c'], 'body', 'html', 'x@y'))\n", []),
        ("def send(**options):\n    mail.send(Message('a', **options))\n", []),
        ("def send():\n    one = Message('a')\n    one.sender = 'x@y'\n    mail.send(one)\n", []),
        ("from email.message import Message\ndef send():\n    return Message()\n", []),
        ("def send(app):\n    app.config['MAIL_DEFAULT_SENDER'] = 'x@y'\n    mail.send(Message('a'))\n", []),
        ("def send(config):\n    config['MAIL_DEFAULT_SENDER'] or Message('a')\n", []),
    ],
)
def test_messages_without_a_sender(code: str, expected: list[str]) -> None:
    """A message without a sender is found where the project shows no default sender, unless it gets one."""
    assert symbols("MAIL_SERVER = 'smtp'", code) == expected


@pytest.mark.parametrize(
    ("call", "help"),
    [
        ("mail.send_mesage('a')", "write `send_message()`"),
        ("mail.sent(1)", "write `send()`"),
        ("mail.deliver_all(1)", "call `send()` or `send_message()`"),
        ("post.send_mesage('a')", "write `send_message()`"),
    ],
)
def test_methods_that_mail_does_not_have(call: str, help: str) -> None:
    """A call of what is None on every Mail is told, under whichever name the instance is imported, with the nearest method."""
    files = {
        "app.py": HEAD,
        "views.py": f"from app import mail\nfrom app import mail as post\ndef view():\n    {call}\n",
    }
    (found,) = findings(RULE, files)
    assert (found.place.path, found.place.line, found.help) == ("views.py", 4, help)
    assert found.message.startswith(f"`{call.partition('(')[0]}()` is no method of Flask-Mail's Mail")


@pytest.mark.parametrize(
    "code",
    [
        "def view():\n    mail.send(1)\n    mail.send_message('a')\n    mail.connect()\n    mail.record_messages()\n",
        "def view():\n    mail.init_mail({})\n    mail.state()\n    mail.__enter__()\n    mail.server\n",
        "def view(mail):\n    mail.send_mesage(1)\n",
        "def view(post):\n    post.mail.send_mesage(1)\n    make().send_mesage(1)\n    send_mesage(1)\n",
        "def view():\n    mail = Mail() if x else Other()\n    mail.send_mesage(1)\n",
        "mail.send_later = later\ndef view():\n    mail.send_later(1)\n",
        "class Post(Mail):\n    def send_all(self):\n        pass\nmail = Post()\ndef view():\n    mail.send_all()\n",
    ],
)
def test_other_methods_are_left_alone(code: str) -> None:
    """Methods that Mail or the project's own subclass has, those the project writes, and those of unknowns are not told."""
    assert lines(RULE, HEAD.replace("mail = Mail()", "post = Mail()\nmail = post") + code) == []
    assert lines(RULE, {"app.py": HEAD, "tests/test_app.py": "from app import mail\nmail.send_mesage()\n"}) == []


def test_projects_without_mail_are_left_alone() -> None:
    """Keys of Flask-Mail in a project that does not make a Mail are some other library's."""
    code = "class Config:\n    MAIL_USE_SSL = True\n    MAIL_PORT = 587\n"
    assert lines(RULE, code) == []
    assert lines(RULE, HEAD + "def send():\n    mail.send(Message('a'))\n") == []
