"""config/wrong-type in source code: texts and other values where something else is read."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixes
from tests.support import findings, lines

RULE = "config/wrong-type"
HEAD = "import os\nimport flask_limiter, flask_cors, flask_jwt_extended\nfrom flask import Flask\napp = Flask('a')\n"


def setting(key: str, value: str) -> str:
    """Return an app with one key."""
    return HEAD + f"app.config['{key}'] = {value}\n"


FLAG = "RATELIMIT_ENABLED"


@pytest.mark.parametrize(
    ("value", "level", "expected"),
    [
        ("'False'", "error", "False"),
        ("'maybe'", "warning", "False"),
        ("'True'", "note", "True"),
        ("os.environ.get('X', 'False')", "error", "os.environ.get('X', 'False').lower() in {'1', 'true', 'yes', 'on'}"),
        ("os.getenv('X', 'True')", "warning", "os.getenv('X', 'True').lower() in {'1', 'true', 'yes', 'on'}"),
        ("os.environ['X']", "warning", "os.environ['X'].lower() in {'1', 'true', 'yes', 'on'}"),
        ("os.getenv('X')", "warning", "os.getenv('X', '').lower() in {'1', 'true', 'yes', 'on'}"),
        ("os.environ.get('X', None)", "warning", "os.environ.get('X', '').lower() in {'1', 'true', 'yes', 'on'}"),
        ("os.environ.get(key='X', default=False)", "warning", "os.environ.get('X', '').lower() in {'1', 'true', 'yes', 'on'}"),
    ],
)  # fmt: skip
def test_flags(value: str, level: str, expected: str) -> None:
    """A text for a flag is found, and compared with what means yes."""
    source = setting(FLAG, value)
    (found,) = findings(RULE, source)
    assert found.level.name == level
    assert f"= {expected}\n" in fixed(RULE, source)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("MAX_CONTENT_LENGTH", "'1000'", "1000"),
        ("MAX_CONTENT_LENGTH", "os.environ.get('SIZE', '1000')", "int(os.environ.get('SIZE', '1000'))"),
        ("JWT_ACCESS_TOKEN_EXPIRES", "os.environ['SECONDS']", "int(os.environ['SECONDS'])"),
        ("RATELIMIT_DEFAULT", "['1 per day', '2 per hour']", "'1 per day; 2 per hour'"),
        ("SECRET_KEY_FALLBACKS", "'an-older-secret'", "['an-older-secret']"),
    ],
)
def test_other_values(key: str, value: str, expected: str) -> None:
    """A number that is a text, limits that are a list, and a text that is to be a list get their types."""
    source = setting(key, value)
    (found,) = findings(RULE, source)
    assert found.level.name == "error"
    assert f"= {expected}\n" in fixed(RULE, source)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (FLAG, "True,"),
        (FLAG, "NO"),
        (FLAG, "os.environ.get('X', NO)"),
        ("MAX_CONTENT_LENGTH", "os.environ.get('SIZE')"),
        ("MAX_CONTENT_LENGTH", "'1 MB'"),
        ("JWT_ACCESS_TOKEN_EXPIRES", "True"),
        ("JWT_ACCESS_TOKEN_EXPIRES", "None"),
        ("JWT_ACCESS_TOKEN_EXPIRES", "1.5"),
        ("SESSION_COOKIE_SAMESITE", "False"),
        ("SECRET_KEY", "'of-ours',"),
        ("RATELIMIT_DEFAULT", "LIMITS"),
        ("RATELIMIT_DEFAULT", "['1 per day', limit()]"),
        ("SECRET_KEY_FALLBACKS", "NO"),
    ],
)
def test_found_without_a_fix(key: str, value: str) -> None:
    """Where what is meant, or whether the variable is set, cannot be told, there is no fix."""
    source = HEAD + f"NO = 'false'\nLIMITS = ['1 per day']\napp.config['{key}'] = {value}\n"
    assert fixes(RULE, source) == [None]


SILENT = {
    "flag": setting(FLAG, "True"),
    "compared": setting(FLAG, "os.environ.get('X', '') == 'true'"),
    "own function": setting(FLAG, "flag('X')"),
    "nothing": setting(FLAG, "None"),
    "empty": setting(FLAG, "''"),
    "number": setting("MAX_CONTENT_LENGTH", "1000"),
    "converted": setting("MAX_CONTENT_LENGTH", "int(os.environ.get('SIZE', '1000'))"),
    "one limit": setting("RATELIMIT_DEFAULT", "os.environ['LIMITS']"),
    "limits": setting("RATELIMIT_DEFAULT", "'1 per day'"),
    "never": setting("JWT_ACCESS_TOKEN_EXPIRES", "False"),
    "delta": setting("JWT_ACCESS_TOKEN_EXPIRES", "timedelta(hours=1)"),
    "fallbacks": setting("SECRET_KEY_FALLBACKS", "['a']"),
    "unused extension": setting("CACHE_IGNORE_ERRORS", "'False'"),
    "other key": setting("SHOP_OPEN", "'False'"),
    "variable by variable": setting(FLAG, "os.environ[NAME]"),
    "fallback by function": setting(FLAG, "os.environ.get(name(), 'False')"),
    "mapping": setting(FLAG, "other['False']"),
}


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT.keys())
def test_silent(source: str) -> None:
    """Values of the right type, those that something is made of, and keys that nobody reads so, are passed over."""
    assert lines(RULE, source) == []


def test_tests_are_no_suspects() -> None:
    """A test suite's config is passed over."""
    assert lines(RULE, {"tests/conftest.py": setting(FLAG, "'False'")}) == []
