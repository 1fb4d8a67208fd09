"""config/unknown-key on live apps."""

from __future__ import annotations

import pytest

from keck.finding import Level
from keck.live.record import Hook, Instance, LiveApp, Setting
from tests.live_support import findings, live

RULE = "config/unknown-key"
APP = """
from flask import Flask
from flask_caching import Cache
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", CACHE_TYPE="SimpleCache")
{config}
db, jwt, mail, cache = SQLAlchemy(app), JWTManager(app), Mail(app), Cache(app)
"""
LIMITER = "limiter = Limiter(get_remote_address, app=app, storage_uri='memory://')"


def _app(config: str, after: str = LIMITER) -> str:
    return APP.replace("{config}", config) + after


@pytest.mark.parametrize(
    ("config", "after", "symbol", "level", "part"),
    [
        ('app.config["RATELIMIT_STORAGE_URL"] = "redis://x"', LIMITER, "RATELIMIT_STORAGE_URL", Level.warning, "3.0.0"),
        ('app.config["CORS_ORIGIN"] = "https://a.example"', "CORS(app)", "CORS_ORIGIN", Level.warning, "does not read"),
        ('app.config["SQLALCHEMY_POOL_SIZE"] = 5', "", "SQLALCHEMY_POOL_SIZE", Level.warning, "Flask-SQLAlchemy 3.0.0"),
        (
            'app.config["JWT_BLACKLIST_ENABLED"] = True',
            "",
            "JWT_BLACKLIST_ENABLED",
            Level.warning,
            "revoked tokens stay valid",
        ),
        ('app.config["MAIL_SENDER"] = "a@b.example"', "", "MAIL_SENDER", Level.warning, "does not read"),
        ('app.config["JWT_SECRET"] = "xy"', "", "JWT_SECRET", Level.warning, "does not read"),
        ('app.config["CACHE_DEFAULT_TIMEOUTS"] = 5', "", "CACHE_DEFAULT_TIMEOUTS", Level.note, "does not read"),
    ],
)
def test_keys_that_nothing_reads_are_found(config: str, after: str, symbol: str, level: Level, part: str) -> None:
    """A key that is gone, or resembles one that is read, is found; the resemblance alone is a note."""
    (one,) = live(RULE, _app(config, after))
    assert (one.symbol, one.level) == (symbol, level)
    assert part in one.message


@pytest.mark.parametrize(
    ("config", "after"),
    [
        ("", LIMITER),
        ('app.config["CORS_ORIGIN"] = "https://a.example"', ""),
        ('app.config["CORS_ORIGIN"] = "https://a.example"', 'CORS(app, origins=app.config["CORS_ORIGIN"])'),
        ('app.config["RATELIMIT_STORAGE_URL"] = "redis://x"', ""),
        (
            'app.config["RATELIMIT_STORAGE_URL"] = "redis://localhost:1"',
            'limiter = Limiter(get_remote_address, app=app, storage_uri=app.config["RATELIMIT_STORAGE_URL"])',
        ),
        ('app.config["MAIL_SENDER"] = app.config["MAIL_DEFAULT_SENDER"] = "a@b.example"', ""),
        ('app.config["JWT_SECRET"] = app.config["JWT_SECRET_KEY"] = "9f2c4e7a1b8d3056"', ""),
        ('app.config["MAIL_SUBJECT_PREFIX"] = "[shop]"', ""),
        ('app.config["JWT_BLACKLIST_ENABLED"] = None', ""),
        ('app.config["MAIL_SENDER"] = "x@y.example"; app.config["MAIL_DEFAULT_SENDER"] = "a@b.example"', ""),
        ('app.config["JWT_VERIFY_SUB"] = False', ""),
        ('app.config["SHOP_MAIL_SENDER"] = "a"', ""),
        ('app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"echo": False}', ""),
    ],
)
def test_keys_that_are_read_stay_silent(config: str, after: str) -> None:
    """Keys that are read, handed on by the app, its own, unset, or of an extension that is not bound are no finding."""
    assert live(RULE, _app(config, after)) == []


def _record(key: str, versions: dict[str, str], hooks: tuple[Hook, ...] = (), extension: str = "mail") -> LiveApp:
    instances = (Instance(extension, "shop:one", bound="this"),)
    return LiveApp("shop", versions=versions, instances=instances, config={key: Setting("int", 1)}, hooks=hooks)


@pytest.mark.parametrize(
    ("key", "versions", "extension", "found"),
    [
        ("CACHE_SERIALIZER", {"flask-caching": "2.4.1"}, "caching", True),
        ("CACHE_SERIALIZER", {"flask-caching": "2.5.0"}, "caching", False),
        ("CACHE_SERIALIZER", {}, "caching", False),
        ("RATELIMIT_STORAGE_URL", {"flask-limiter": "2.9.1"}, "limiter", False),
        ("RATELIMIT_STORAGE_URL", {"flask-limiter": "3.0.0rc1"}, "limiter", True),
        ("MAIL_HOST", {"flask-mail": "0.10.0"}, "mail", True),
        ("MAIL_HOST", {"flask-mail": "0.10.0", "flask-mailman": "1.1"}, "mail", False),
    ],
)
def test_versions_and_other_extensions_decide(key: str, versions: dict[str, str], extension: str, found: bool) -> None:
    """A key is judged by the version that is loaded, and left alone where another extension shares the namespace."""
    assert [one.symbol for one in findings(RULE, _record(key, versions, extension=extension))] == [key] * found


def test_hooks_of_a_sharing_extension_count() -> None:
    """An extension that shares the namespace is known by its hooks as well."""
    hook = Hook("before_request", "flask_user.check", library="flask-user")
    assert findings(RULE, _record("MAIL_HOST", {}, (hook,))) == []
