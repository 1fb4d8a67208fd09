"""backends/unreachable on live apps."""

from __future__ import annotations

import pytest

from keck.finding import Level
from keck.live.record import Answer, Instance, LiveApp
from tests.live_support import booted, findings, skipped

RULE = "backends/unreachable"
HEAD = """
from flask import Flask
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
"""


@pytest.mark.parametrize(
    ("text", "symbol", "part"),
    [
        (
            'app.config.update(CACHE_TYPE="RedisCache", CACHE_REDIS_URL="redis://:x83h2secret@localhost:1/0")\ncache = Cache(app)',
            "redis of the cache",
            "the redis of the cache does not answer at localhost:1/0: ",
        ),
        (
            'limiter = Limiter(get_remote_address, app=app, storage_uri="redis://localhost:1/3")',
            "redis of the limiter",
            "the redis of the limiter does not answer at localhost:1/3: ",
        ),
        (
            'app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql+psycopg://shop:x83h2secret@localhost:1/shop"\ndb = SQLAlchemy(app)',
            "database",
            "the database does not answer at postgresql+psycopg://shop:***@localhost:1/shop: ",
        ),
        (
            'app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"\ndb = SQLAlchemy(app)',
            "database",
            "the database is not there: the file ",
        ),
        (
            'app.config.update(MAIL_SERVER="localhost", MAIL_PORT=1)\nmail = Mail(app)',
            "mail server",
            "the mail server does not answer at localhost:1: ",
        ),
    ],
)
def test_backends_that_do_not_answer_are_found(text: str, symbol: str, part: str) -> None:
    """A backend that is not there is an error at the instance that uses it, with its address and no password."""
    (one,) = findings(RULE, booted(HEAD + text, backends=True))
    assert (one.symbol, one.level) == (symbol, Level.error)
    assert one.message.startswith(part)
    assert one.place.line > 1
    assert "x83h2secret" not in one.message
    assert one.help.endswith("leave backends out with `--no-backends`") == ("does not answer" in one.message)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"\ndb = SQLAlchemy(app)',
        'app.config.update(CACHE_TYPE="SimpleCache")\ncache = Cache(app)',
        'limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")',
        "app.config.update(MAIL_SUPPRESS_SEND=True)\nmail = Mail(app)",
    ],
)
def test_what_answers_or_is_no_backend_is_silent(text: str) -> None:
    """What answers, and what keeps its data in the process, is no finding."""
    assert findings(RULE, booted(HEAD + text, backends=True)) == []


def test_without_being_asked_nothing_is_said() -> None:
    """Backends that were not asked are no finding, and the reason is told."""
    assert skipped(RULE, booted(HEAD)) == "the backends were not asked"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (Answer("database", "database", "postgresql://db/shop", "refuses", detail="no such user"), True),
        (Answer("redis", "redis of shop.tokens:redis", "", "unreachable"), True),
        (Answer("database", "database", "", "answers"), False),
        (Answer("database", "database", "", "skipped"), False),
        (Answer("database", "database", "", "crashed"), False),
        (Answer("migrations", "migrations", "", "unreachable"), False),
        (Answer("migrations", "migrations", "", "missing"), False),
        (Answer("smtp", "mail server", "", "refuses"), False),
    ],
)
def test_the_state_decides(answer: Answer, found: bool) -> None:
    """What refuses a login is unusable too; migrations follow their database, and a mail server that refuses is told elsewhere."""
    app = LiveApp("shop", instances=(Instance("sqlalchemy", "shop:db", bound="this"),), answers=(answer,))
    assert bool(findings(RULE, app)) == found
