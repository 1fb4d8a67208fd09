from __future__ import annotations

import datetime as dt
import enum
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from keck.live.config import plain, settings, shown
from keck.live.secrets import WELL_KNOWN, Scrubber, is_known, is_secret, without_password


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SECRET_KEY", "x"),
        ("SECRET_KEY", b"x"),
        ("SECRET_KEY", 5),
        ("SECRET_KEY_FALLBACKS", ["x"]),
        ("JWT_SECRET_KEY", "x"),
        ("JWT_PRIVATE_KEY", "x"),
        ("MAIL_PASSWORD", "x"),
        ("CACHE_REDIS_PASSWORD", "x"),
        ("SECURITY_PASSWORD_SALT", "x"),
        ("AWS_ACCESS_KEY_ID", "x"),
        ("STRIPE_API_KEY", "x"),
        ("STRIPE_KEY", "x"),
        ("GITHUB_TOKEN", "x"),
        ("OAUTH_CLIENT_SECRET", "x"),
        ("SLACK_WEBHOOK_URL", "x"),
        ("SENTRY_DSN", "x"),
        ("DB_PASS", "x"),
        ("db_pwd", "x"),
    ],
)
def test_secret_keys(key: str, value: object) -> None:
    """Keys that hold a secret are told by their name."""
    assert is_secret(key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SECRET_KEY", None),
        ("JWT_TOKEN_LOCATION", ["headers"]),
        ("JWT_ACCESS_TOKEN_EXPIRES", 900),
        ("JWT_PUBLIC_KEY", "x"),
        ("JWT_JSON_KEY", "access_token"),
        ("JWT_REFRESH_JSON_KEY", "refresh_token"),
        ("JWT_ERROR_MESSAGE_KEY", "msg"),
        ("JWT_ACCESS_COOKIE_NAME", "access_token_cookie"),
        ("JWT_ACCESS_CSRF_FIELD_NAME", "csrf_token"),
        ("CACHE_KEY_PREFIX", "x"),
        ("RATELIMIT_KEY_PREFIX", "x"),
        ("SECURITY_PASSWORD_HASH", "argon2"),
        ("SECURITY_PASSWORD_SCHEMES", ["argon2"]),
        ("SECURITY_PASSWORD_LENGTH_MIN", 8),
        ("SECURITY_TOKEN_AUTHENTICATION_HEADER", "x"),
        ("SECURITY_TOKEN_MAX_AGE", 5),
        ("SECURITY_MSG_INVALID_PASSWORD", ("text", "error")),
        ("WTF_CSRF_SECRET_KEY", True),
        ("RECAPTCHA_SITE_KEY", "x"),
        ("MAX_TOKENS", 5),
        ("JSON_SORT_KEYS", True),
        ("KEYBOARD", "x"),
        ("SERVER_NAME", "x"),
        ("PASSENGERS", "x"),
    ],
)
def test_keys_that_hold_none(key: str, value: object) -> None:
    """Settings about secrets, and public keys, are no secrets: rules need them."""
    assert not is_secret(key, value)


@pytest.mark.parametrize(
    "text",
    [
        "dev",
        "Secret",
        "super-secret",
        "super_secret",
        "change-me!",
        "CHANGEME",
        "your-256-bit-secret",
        "hard to guess string",
        "dev-secret-key-change-in-prod",
        "default-secret-key-please-change-in-production",
        "jwt_secret_must_be_replaced",
        "my secret for development only",
    ],
)
def test_well_known(text: str) -> None:
    """What documentation and habit use is known, however it is spelt."""
    assert is_known(text)
    assert len(WELL_KNOWN) >= 60
    assert "" not in WELL_KNOWN


@pytest.mark.parametrize(
    "text", ["", "密码", "u7Qm2vX9", "development-of-nothing", "x" * 40, "exchange-rates-2024", "prod-9f2c41d7"]
)
def test_not_well_known(text: str) -> None:
    """What is not on the list is not known, whatever else is wrong with it."""
    assert not is_known(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("redis://:hunter22@h:6379/0", "redis://:***@h:6379/0"),
        ("postgresql://u:hun@ter/22@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("https://ghp_16charactersormore@example.org/x", "https://***@example.org/x"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("host=h password=hunter22 dbname=d", "host=h password=*** dbname=d"),
        ("mssql://h/d?odbc_connect=UID%3Du%3BPWD%3Dhunter22%3BX", "mssql://h/d?odbc_connect=UID%3Du%3BPWD%3D***%3BX"),
        ("https://h/x?token=hunter22&a=1", "https://h/x?token=***&a=1"),
        ("{'password': 'hunter22'}", "{'password': ***}"),
        ("no secret at all", "no secret at all"),
    ],
)
def test_texts_without_passwords(text: str, masked: str) -> None:
    """Passwords in URLs and after their names are masked, and nothing else."""
    assert without_password(text) == masked


class _Colour(enum.Enum):
    red = 1


class _Level(enum.IntEnum):
    low = 1


class _Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (5, 5),
        (5.5, 5.5),
        (float("inf"), "inf"),
        ("x", "x"),
        (_Text("x"), "x"),
        (_Level.low, 1),
        (_Colour.red, None),
        (("b", "a"), ["b", "a"]),
        ({"b", "a"}, ["a", "b"]),
        ({"password": "hunter22", 1: dt.timedelta(seconds=5)}, {"password": "***", "1": "0:00:05"}),
        (dt.date(2020, 1, 2), "2020-01-02"),
        (dt.time(1, 2), "01:02:00"),
        (Path("a"), "a"),
        (object(), None),
        (print, None),
        (b"x", None),
        ([[[[[[["deep"]]]]]]], [[[[[[None]]]]]]),
    ],
)
def test_values_as_plain_data(value: object, expected: object) -> None:
    """A value becomes JSON data; what is none is None."""
    found = plain(value)
    assert found == expected
    assert json.loads(json.dumps(found)) == found


def test_values_as_text() -> None:
    """For a message a function is its name, and an object its class."""
    assert shown(print) == "builtins.print()"
    assert shown(object()) == "object object"
    assert shown(["a"]) == "['a']"
    assert shown(None) == "None"


CONFIG: dict[str, Any] = {
    "SECRET_KEY": "a-secret-of-some-length",
    "JWT_SECRET_KEY": "a-secret-of-some-length",
    "SECRET_KEY_FALLBACKS": ["dev", "an-older-secret"],
    "MAIL_PASSWORD": "",
    "API_KEY": b"\xff\xff\xff",
    "PIN_PASSWORD": 1234,
    "NAMED_AFTER": "prefix a-secret-of-some-length suffix",
    "SQLALCHEMY_DATABASE_URI": "postgresql://u:hunter22@h/d",
    "SQLALCHEMY_BINDS": {"a": {"url": "mysql://u:hunter23@h/d"}, "b": ["redis://:hunter24@h"]},
    "SQLALCHEMY_ENGINE_OPTIONS": {"connect_args": {"password": "hunter25", "timeout": 5}},
    "OTHER": "it is hunter22 again",
    "PERMANENT_SESSION_LIFETIME": dt.timedelta(days=1),
    "HOOK": print,
    "DEBUG": False,
    5: "not a key",  # type: ignore[dict-item]  # nobody keeps one from writing it
}


def test_settings_tell_no_secret() -> None:
    """Of a secret its length is told, whether it is well known, and what else is the same; nowhere its text."""
    found = settings(CONFIG, Scrubber(CONFIG))
    assert found["SECRET_KEY"].secret == {"length": 23, "known": False, "same": ["JWT_SECRET_KEY"]}
    assert found["SECRET_KEY_FALLBACKS"].secret == {"length": 3, "known": True, "same": []}
    assert found["MAIL_PASSWORD"].secret == {"length": 0, "known": False, "same": []}
    assert found["API_KEY"].secret == {"length": 3, "known": False, "same": []}
    assert (found["API_KEY"].type, found["API_KEY"].value) == ("bytes", None)
    assert found["PIN_PASSWORD"].secret == {"length": 4, "known": False, "same": []}
    assert found["NAMED_AFTER"].value == "prefix *** suffix"
    assert found["OTHER"].value == "it is *** again"
    assert found["SQLALCHEMY_DATABASE_URI"].value == "postgresql://u:***@h/d"
    assert found["SQLALCHEMY_ENGINE_OPTIONS"].value == {"connect_args": {"password": "***", "timeout": 5}}
    assert (found["PERMANENT_SESSION_LIFETIME"].type, found["PERMANENT_SESSION_LIFETIME"].value) == (
        "timedelta",
        "1 day, 0:00:00",
    )
    assert (found["HOOK"].type, found["HOOK"].value) == ("builtin_function_or_method", None)
    assert (found["DEBUG"].type, found["DEBUG"].value) == ("bool", False)
    assert list(found) == sorted(found)
    text = json.dumps({key: asdict(one) for key, one in found.items()})
    assert not any(secret in text for secret in ("hunter2", "a-secret-of-some-length", "an-older-secret"))


def test_data_without_secrets() -> None:
    """Secrets are taken out of keys and members of JSON data; short ones are words, and stay."""
    scrubber = Scrubber({"SECRET_KEY": "a-secret-of-some-length", "API_TOKEN": "dev"})
    data = {"a-secret-of-some-length": ["x a-secret-of-some-length", 5, None], "password": "p", "mode": "dev"}
    assert scrubber.data(data) == {"***": ["x ***", 5, None], "password": "***", "mode": "dev"}
    assert scrubber.text("plain") == "plain"
    told = {"key": "shop.key", "password": True, "url": ["redis://:hunter22@h", "x a-secret-of-some-length"]}
    assert scrubber.record(told) == {"key": "shop.key", "password": True, "url": ["redis://:***@h", "x ***"]}


def test_a_password_that_names_a_backend_leaves_its_scheme() -> None:
    """``postgres:postgres`` is masked in URLs, and does not make another database of it."""
    url = "postgresql+psycopg://postgres:postgres@db/shop"
    scrubber = Scrubber({"SQLALCHEMY_DATABASE_URI": url, "API_KEY": "nutshell"})
    assert scrubber.record(url) == "postgresql+psycopg://postgres:***@db/shop"
    assert scrubber.record("nutshells nutshell x_nutshell") == "nutshells *** x_***"


class _Proxy:
    """Not to be touched: it would open a connection."""

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        raise AssertionError("it was asked what it is")


def test_odd_values_are_not_asked_for_their_class() -> None:
    """Proxies are told by their type; what holds itself ends."""
    ring: list[Any] = []
    ring.append(ring)
    config = {"API_KEY": _Proxy(), "KEYS": [_Proxy()], "OTHER": _Proxy(), "RING": ring, "DEEP": {"x": (_Proxy(),)}}
    told = settings(config, Scrubber(config))
    assert told["API_KEY"].type == "_Proxy"
    assert told["OTHER"].value is None
    assert not is_secret("API_KEY", config["API_KEY"])


class _Untold(type):
    def __getattribute__(cls, name: str) -> Any:  # noqa: ANN401 - it never returns
        raise RuntimeError(name)


class _Unnamed(metaclass=_Untold):
    pass


def test_a_value_that_cannot_be_read_leaves_the_others() -> None:
    """One key alone is lost."""
    config = {"A": type.__call__(_Unnamed), "B": 1}
    told = settings(config, Scrubber(config))
    assert (told["A"].type, told["B"].value) == ("object", 1)
