"""The rules about config that has no effect and about contexts left open, on live apps."""

from __future__ import annotations

import pytest

from keck.finding import Level
from keck.live.record import Drift, Instance, LiveApp
from tests.live_support import booted, findings, live, skipped

EFFECT, OVERRIDE, PUSHED = (
    "app/config-without-effect",
    "app/test-override-after-bind",
    "app/app-context-pushed-at-import",
)
HEAD = """
from flask import Flask
from flask_caching import Cache
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config.update(SQLALCHEMY_DATABASE_URI="sqlite:///one.db", CACHE_TYPE="SimpleCache", RATELIMIT_STORAGE_URI="memory://")
"""
LATE = 'db = SQLAlchemy(app)\napp.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///two.db"\n'


@pytest.mark.parametrize(
    ("text", "symbol", "parts"),
    [
        (LATE, "SQLALCHEMY_DATABASE_URI", ["one.db", "two.db", "`db` (Flask-SQLAlchemy) does not go by the config"]),
        (
            'cache = Cache(app)\napp.config["CACHE_TYPE"] = "NullCache"',
            "CACHE_TYPE",
            ["`CACHE_TYPE` says NullCache, and SimpleCache is in use"],
        ),
        (
            'cache = Cache(app, config={"CACHE_TYPE": "NullCache"})',
            "CACHE_TYPE",
            ["`CACHE_TYPE` says SimpleCache, and NullCache is in use"],
        ),
        (
            'CORS(app)\napp.config["CORS_ORIGINS"] = ["https://shop.example"]',
            "CORS_ORIGINS",
            ["says ['https://shop.example'], and * is in use"],
        ),
        (
            'limiter = Limiter(get_remote_address, app=app)\napp.config["RATELIMIT_ENABLED"] = False',
            "RATELIMIT_ENABLED",
            ["says False, and True is in use"],
        ),
        (
            'mail = Mail()\nmail.init_app(app)\napp.config.update(MAIL_SERVER="smtp.example", MAIL_PORT=587)',
            "MAIL_SERVER,MAIL_PORT",
            ["`MAIL_SERVER` says smtp.example, and 127.0.0.1 is in use", "`MAIL_PORT` says 587, and 25 is in use"],
        ),
        (
            'mail, other = Mail(), Mail()\nmail.init_app(app)\napp.config["MAIL_SERVER"] = "smtp.example"',
            "MAIL_SERVER",
            ["smtp.example"],
        ),
        (
            'mail = Mail(app)\napp.config["MAIL_PASSWORD"] = "x83h2secret"',
            "MAIL_PASSWORD",
            ["`MAIL_PASSWORD` says ***"],
        ),
        ('mail = Mail(app)\napp.config["TESTING"] = True', "TESTING", ["`TESTING` says True, and False is in use"]),
    ],
)
def test_config_that_came_too_late_is_found(text: str, symbol: str, parts: list[str]) -> None:
    """A key whose extension works with another value is found, with both values and no secret."""
    (one,) = live(EFFECT, HEAD + text)
    assert (one.symbol, one.level) == (symbol, Level.error)
    assert all(part in one.message for part in parts), one.message
    assert "x83h2secret" not in one.message + one.help


@pytest.mark.parametrize(
    "text",
    [
        "",
        "db = SQLAlchemy(app)",
        'app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///two.db"\ndb = SQLAlchemy(app)',
        'db = SQLAlchemy(app)\napp.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///one.db"',
        'jwt = JWTManager(app)\napp.config["JWT_SECRET_KEY"] = "b7c1f0d2a49e4c6f8d3e5a7b9c0d1e2f"',
        'cache = Cache(app)\napp.config["CACHE_TYPE"] = "flask_caching.backends.SimpleCache"',
        'CORS(app, origins=["https://shop.example"])\napp.config["CORS_ORIGINS"] = ["https://shop.example"]',
        'limiter = Limiter(get_remote_address, app=app)\napp.config["SHOP_NAME"] = "x"',
        'mail = Mail(app)\napp.config["MAIL_SERVER"] = "127.0.0.1"',
        'limiter = Limiter(get_remote_address)\napp.config["RATELIMIT_DEFAULT"] = "1/day"',
        "app.testing = True\n" + LATE,
    ],
)
def test_config_that_is_in_effect_is_silent(text: str) -> None:
    """What was read in time, is read for each call, or says the same is no finding; a test's database has a rule of its own."""
    assert live(EFFECT, HEAD + text) == []


def test_a_bind_is_told_by_its_name() -> None:
    """The key of a bind is the config's, so that both halves name it alike; nothing is said in words where it is empty."""
    drift = (
        Drift('SQLALCHEMY_BINDS["audit"]', "no engine", ""),
        Drift('SQLALCHEMY_BINDS["log"]', "", "sqlite:///log.db"),
    )
    one = Instance("sqlalchemy", "shop:db", bound="this", drift=drift)
    (found,) = findings(EFFECT, LiveApp("shop", instances=(one,)))
    assert found.symbol == "SQLALCHEMY_BINDS"
    assert '`SQLALCHEMY_BINDS["audit"]` says nothing, and no engine is in use' in found.message
    assert "says sqlite:///log.db, and nothing is in use" in found.message


def test_a_test_on_the_wrong_database_is_found() -> None:
    """An app that is testing on another database than its config names is an error, told by this rule alone."""
    app = booted(HEAD + LATE + "app.testing = True")
    (one,) = findings(OVERRIDE, app)
    assert (one.symbol, one.level) == ("SQLALCHEMY_DATABASE_URI", Level.error)
    assert "one.db: the tests run there" in one.message
    assert findings(EFFECT, app) == []


@pytest.mark.parametrize(
    "text",
    [
        "app.testing = True\ndb = SQLAlchemy(app)",
        'app.testing = True\ndb = SQLAlchemy(app)\napp.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}',
        "app.testing = True\ndb = SQLAlchemy(app)\nmail = Mail()\nmail.init_app(app)\napp.config['MAIL_SERVER'] = 'x'",
        "app.testing = True",
    ],
)
def test_a_test_on_its_own_database_is_silent(text: str) -> None:
    """A database that was named in time, and other keys that drift, are no such finding."""
    assert live(OVERRIDE, HEAD + text) == []


def test_apps_that_serve_are_another_rule() -> None:
    """The rule about tests is skipped for an app that is not testing."""
    assert skipped(OVERRIDE, booted(HEAD + LATE)) == "the app is not testing"


@pytest.mark.parametrize(
    "text",
    ["app.app_context().push()", "context = app.app_context()\ncontext.push()", "app.app_context().__enter__()"],
)
def test_contexts_that_are_left_open_are_found(text: str) -> None:
    """A context that is pushed while the app is made, and stays, is an error."""
    (one,) = live(PUSHED, HEAD + text)
    assert (one.symbol, one.level) == ("app", Level.error)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "with app.app_context():\n    pass",
        "context = app.app_context()\ncontext.push()\ncontext.pop()",
        "def later():\n    app.app_context().push()",
        'app.test_client().get("/")',
    ],
)
def test_contexts_that_are_closed_are_silent(text: str) -> None:
    """A context that is popped, or not pushed yet, is no finding."""
    assert live(PUSHED, HEAD + text) == []


def test_contexts_of_tests_are_passed_over() -> None:
    """A fixture may hold a context while it examines the app."""
    app = booted(HEAD + "app.testing = True\napp.app_context().push()")
    assert skipped(PUSHED, app) == "the app is testing, where a fixture may hold a context"
