"""config/weak-secret on live apps."""

from __future__ import annotations

import pytest

from keck.finding import Level
from tests.live_support import booted, findings, live, skipped

RULE = "config/weak-secret"
STRONG = "9f2c4e7a1b8d3056f1e2d3c4b5a69788776655443322110f9e8d7c6b5a493827"


def _app(config: str, after: str = "") -> str:
    return f"""
from flask import Flask
from flask_jwt_extended import JWTManager

app = Flask(__name__)
app.config.update({config})
{after}
"""


@pytest.mark.parametrize(
    ("config", "after", "symbol", "level", "part"),
    [
        ('SECRET_KEY="dev"', "", "SECRET_KEY", Level.error, "`SECRET_KEY` is well known"),
        ('SECRET_KEY="change-me"', "", "SECRET_KEY", Level.error, "well known"),
        (
            'SECRET_KEY="q8x!"',
            "",
            "SECRET_KEY",
            Level.warning,
            "`SECRET_KEY` is 4 bytes long, and a session cookie needs 16",
        ),
        ('SECRET_KEY="q"', "", "SECRET_KEY", Level.warning, "1 byte long"),
        (f'SECRET_KEY="{STRONG}", SECRET_KEY_FALLBACKS=["q8x!"]', "", "SECRET_KEY_FALLBACKS", Level.warning, "4 bytes"),
        (
            f'SECRET_KEY="{STRONG}", JWT_SECRET_KEY="{STRONG[:20]}"',
            "JWTManager(app)",
            "JWT_SECRET_KEY",
            Level.warning,
            "`JWT_SECRET_KEY` is 20 bytes long, and HS256 of Flask-JWT-Extended needs 32",
        ),
        (
            f'JWT_SECRET_KEY="{STRONG[:40]}", JWT_ALGORITHM="HS384"',
            "JWTManager(app)",
            "JWT_SECRET_KEY",
            Level.warning,
            "HS384 of Flask-JWT-Extended needs 48",
        ),
        (
            f'JWT_SECRET_KEY="{STRONG[:63]}", JWT_ALGORITHM="HS512"',
            "JWTManager(app)",
            "JWT_SECRET_KEY",
            Level.warning,
            "HS512 of Flask-JWT-Extended needs 64",
        ),
        (f'SECRET_KEY="{STRONG[:20]}"', "JWTManager(app)", "SECRET_KEY", Level.warning, "HS256"),
        (f'SECRET_KEY="{STRONG}", JWT_SECRET="super-secret"', "", "JWT_SECRET", Level.error, "well known"),
        (
            f'SECRET_KEY="{STRONG[:20]}", JWT_SECRET_KEY="{STRONG[:20]}"',
            "JWTManager(app)",
            "JWT_SECRET_KEY",
            Level.warning,
            "`JWT_SECRET_KEY` and `SECRET_KEY` are one key that is 20 bytes long",
        ),
    ],
)
def test_weak_keys_are_found(config: str, after: str, symbol: str, level: Level, part: str) -> None:
    """A key that is known, or too short for what it signs, is found under its name."""
    (one,) = live(RULE, _app(config, after))
    assert (one.symbol, one.level) == (symbol, level)
    assert part in one.message


@pytest.mark.parametrize("secret", ["dev", "q8x!"])
def test_in_debug_mode_it_is_a_note(secret: str) -> None:
    """A weak key of an app in debug mode is a note."""
    (one,) = live(RULE, _app(f'SECRET_KEY="{secret}"'), FLASK_DEBUG="1")
    assert one.level == Level.note


@pytest.mark.parametrize("secret", ["super-secret-key", "zX81-q", STRONG[:20]])
def test_no_key_is_ever_printed(secret: str) -> None:
    """Neither message nor help of any finding holds the key."""
    for one in live(RULE, _app(f'SECRET_KEY="{secret}"', "JWTManager(app)")):
        assert secret not in one.message + one.help + one.symbol


@pytest.mark.parametrize(
    ("config", "after"),
    [
        (f'SECRET_KEY="{STRONG}"', ""),
        (f'SECRET_KEY="{STRONG[:16]}"', ""),
        (f'SECRET_KEY=b"{STRONG}"', "JWTManager(app)"),
        ("SECRET_KEY=None", ""),
        ('SECRET_KEY=""', ""),
        ("DEBUG=False", ""),
        (f'SECRET_KEY="{STRONG}", JWT_SECRET_KEY="{STRONG[:32]}"', "JWTManager(app)"),
        (f'SECRET_KEY="{STRONG}", JWT_SECRET_KEY="{STRONG[:8]}", JWT_ALGORITHM="RS256"', "JWTManager(app)"),
        (
            f'SECRET_KEY="{STRONG}", JWT_SECRET_KEY="{STRONG[:8]}"',
            "jwt = JWTManager(app)\n@jwt.encode_key_loader\ndef key(identity): return 'k'",
        ),
        (f'SECRET_KEY="{STRONG}", JWT_SECRET_KEY="{STRONG[:8]}"', ""),
        (f'SECRET_KEY="{STRONG}", MAIL_PASSWORD="secret"', ""),
        (f'SECRET_KEY="{STRONG}", STRIPE_API_KEY="dev"', ""),
        (f'SECRET_KEY="{STRONG}", SECRET_KEY_FALLBACKS=["{STRONG[1:]}"]', ""),
    ],
)
def test_keys_that_are_no_fault_stay_silent(config: str, after: str) -> None:
    """Keys that are long enough, sign nothing, or are other secrets are no finding."""
    assert live(RULE, _app(config, after)) == []


def test_testing_apps_are_passed_over() -> None:
    """The key of an app that is testing may be anything."""
    app = booted(_app('SECRET_KEY="test", TESTING=True'))
    assert findings(RULE, app) == []
    assert skipped(RULE, app) == "the app is testing"
