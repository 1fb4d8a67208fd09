"""config/wrong-type on live apps."""

from __future__ import annotations

import pytest

from keck.finding import Level
from tests.live_support import live

RULE = "config/wrong-type"
APP = """
from datetime import timedelta
from flask import Flask
from flask_caching import Cache
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy

db, jwt, mail, cache = SQLAlchemy(), JWTManager(), Mail(), Cache()
limiter = Limiter(get_remote_address, storage_uri="memory://")


class Config:
    SQLALCHEMY_DATABASE_URI = "sqlite://"
    CACHE_TYPE = "SimpleCache"
    {config}


def create_app():
    app = Flask(__name__)
    app.config.from_object(Config)
    for one in (db, jwt, mail, cache, limiter):
        one.init_app(app)
    CORS(app)
    return app
"""


@pytest.mark.parametrize(
    ("config", "symbol", "level", "part"),
    [
        (
            'RATELIMIT_ENABLED = "False"',
            "RATELIMIT_ENABLED",
            Level.error,
            'the text "False", which counts as true: it is on',
        ),
        ('CORS_SUPPORTS_CREDENTIALS = "false"', "CORS_SUPPORTS_CREDENTIALS", Level.error, "it is on"),
        ('JWT_COOKIE_SECURE = "0"', "JWT_COOKIE_SECURE", Level.error, "it is on"),
        ('MAIL_SUPPRESS_SEND = "no"', "MAIL_SUPPRESS_SEND", Level.error, "it is on"),
        ('SESSION_COOKIE_SECURE = " Off "', "SESSION_COOKIE_SECURE", Level.error, "it is on"),
        ('TESTING = "False"', "TESTING", Level.error, "it is on"),
        ('JWT_COOKIE_SECURE = "True"', "JWT_COOKIE_SECURE", Level.note, '"False" would count as true as well'),
        ('JWT_COOKIE_SECURE = "never"', "JWT_COOKIE_SECURE", Level.warning, "whatever it says"),
        ("SESSION_COOKIE_SECURE = (False,)", "SESSION_COOKIE_SECURE", Level.error, "is a tuple, which counts as true"),
        (
            'JWT_ACCESS_TOKEN_EXPIRES = "3600"',
            "JWT_ACCESS_TOKEN_EXPIRES",
            Level.error,
            "is of type str: a RuntimeError",
        ),
        ("JWT_ACCESS_TOKEN_EXPIRES = None", "JWT_ACCESS_TOKEN_EXPIRES", Level.error, "is None: a RuntimeError"),
        ("JWT_REFRESH_TOKEN_EXPIRES = 15.5", "JWT_REFRESH_TOKEN_EXPIRES", Level.error, "type float"),
        ("JWT_REFRESH_TOKEN_EXPIRES = True", "JWT_REFRESH_TOKEN_EXPIRES", Level.error, "is True"),
        ('JWT_DECODE_LEEWAY = "10"', "JWT_DECODE_LEEWAY", Level.error, "every request with a token"),
        ('PERMANENT_SESSION_LIFETIME = "3600"', "PERMANENT_SESSION_LIFETIME", Level.error, "permanent session"),
        ('MAX_CONTENT_LENGTH = "1000"', "MAX_CONTENT_LENGTH", Level.error, "every request with a body"),
        ("SESSION_COOKIE_SAMESITE = False", "SESSION_COOKIE_SAMESITE", Level.error, "when a session is saved"),
        ('SECRET_KEY_FALLBACKS = "old-secret"', "SECRET_KEY_FALLBACKS", Level.error, "each of its characters"),
        ('SECRET_KEY = ("9f2c4e7a1b8d30569f2c4e7a1b8d3056",)', "SECRET_KEY", Level.error, "type tuple"),
        ("JWT_SECRET_KEY = 123456", "JWT_SECRET_KEY", Level.error, "type int"),
        ('RATELIMIT_DEFAULT = ["1 per day"]', "RATELIMIT_DEFAULT", Level.error, "a ValueError for every request"),
        ('RATELIMIT_APPLICATION = ("1 per day",)', "RATELIMIT_APPLICATION", Level.error, "type tuple"),
        ('CACHE_THRESHOLD = "500"', "CACHE_THRESHOLD", Level.error, "nothing is"),
        ("SERVER_NAME = property(lambda self: 'shop.example')", "SERVER_NAME", Level.error, "is a property object"),
    ],
)
def test_values_that_mislead_are_found(config: str, symbol: str, level: Level, part: str) -> None:
    """A value of a type that its reader takes for something else, or cannot take, is found under its key."""
    (one,) = live(RULE, APP.replace("{config}", config))
    assert (one.symbol, one.level) == (symbol, level)
    assert part in one.message
    assert symbol in one.tags


@pytest.mark.parametrize(
    "config",
    [
        "",
        "RATELIMIT_ENABLED = False",
        "RATELIMIT_ENABLED = 0",
        'RATELIMIT_ENABLED = ""',
        "RATELIMIT_ENABLED = None",
        "SESSION_COOKIE_SECURE = ()",
        'RATELIMIT_DEFAULT = "1 per day; 2 per hour"',
        "RATELIMIT_DEFAULT = lambda: '1 per day'",
        'SQLALCHEMY_ECHO = "False"',
        "JWT_ACCESS_TOKEN_EXPIRES = False",
        "JWT_ACCESS_TOKEN_EXPIRES = 900",
        "JWT_ACCESS_TOKEN_EXPIRES = timedelta(minutes=15)",
        'JWT_TOKEN_LOCATION = "headers"',
        "JWT_DECODE_LEEWAY = timedelta(seconds=5)",
        "PERMANENT_SESSION_LIFETIME = 3600",
        "MAX_CONTENT_LENGTH = None",
        "SESSION_COOKIE_SAMESITE = None",
        'SESSION_COOKIE_SAMESITE = "Lax"',
        'SECRET_KEY = b"9f2c4e7a1b8d30569f2c4e7a1b8d3056"',
        'SECRET_KEY_FALLBACKS = ["9f2c4e7a1b8d30569f2c4e7a1b8d3056"]',
        'MAIL_PORT = "587"',
        'MAIL_USE_TLS = "False"',
        'TRUSTED_HOSTS = ["shop.example"]',
        'SHOP_OPEN = "False"',
        'SEND_FILE_MAX_AGE_DEFAULT = "3600"',
    ],
)
def test_values_that_are_understood_stay_silent(config: str) -> None:
    """What the reader takes as it is meant, or what is the app's own key, is no finding."""
    assert live(RULE, APP.replace("{config}", config)) == []


def test_keys_of_extensions_that_are_not_there_stay_silent() -> None:
    """A key that no extension of this app reads is the app's own."""
    text = 'from flask import Flask\napp = Flask(__name__)\napp.config.update(RATELIMIT_ENABLED="False", MAIL_SUPPRESS_SEND="0")\n'
    assert live(RULE, text) == []
