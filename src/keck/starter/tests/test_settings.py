"""The settings: what they refuse, and where they come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import request
from pydantic import ValidationError

from shop.config import flask_config
from shop.config import settings_of
from shop.settings import EXAMPLE_SECRET
from shop.settings import Settings
from shop.settings import load

from tests.conftest import SECRET
from tests.conftest import MakeApp
from tests.conftest import settings

POSTGRES = "postgresql://ann:secret@localhost/goods"
REDIS = "redis://localhost:6379/0"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no file of the developer's own gets in."""
    for name in Settings.model_fields:
        for variable in (name, name.upper()):
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


def refusal(**values: Any) -> str:  # noqa: ANN401 - any setting
    """Why these settings are refused."""
    with pytest.raises(ValidationError) as caught:
        settings(**values)
    return str(caught.value)


def test_little_is_needed() -> None:
    """A secret is enough: the rest has defaults that need nothing but Python."""
    made = Settings(_env_file=None, jwt_secret_key=SECRET)
    assert (made.workers, made.redis_url, made.token_location) == (1, None, "headers")
    assert made.database_url.startswith("sqlite:///")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"jwt_secret_key": EXAMPLE_SECRET}, "is the example"),
        ({"jwt_secret_key": "x" * 31}, "shorter than 32 bytes"),
        ({"database_url": "mysql://localhost/goods"}, "must begin with"),
        ({"database_url": "sqlite://"}, "must begin with"),
        ({"workers": 2}, "needs REDIS_URL"),
        ({"workers": 2, "redis_url": REDIS}, "needs PostgreSQL"),
        ({"workers": 0}, "greater than or equal to 1"),
        ({"port": 65_536}, "less than or equal to 65535"),
        ({"environment": "staging"}, "'development' or 'production'"),
        ({"token_location": "query"}, "'headers' or 'cookies'"),
        ({"access_minutes": 61}, "less than or equal to 60"),
        ({"proxy_hops": -1}, "greater than or equal to 0"),
        ({"host": "localhost"}, "is no IP address"),
        ({"frontend_url": "www.example.com"}, "should match pattern"),
        ({"limit_login": "a few"}, "is no limit"),  # with: limiter
        ({"limit_address": "5 per fortnight"}, "is no limit"),  # with: limiter
        # with: mail {
        ({"mail_sender": "nobody"}, "is no address"),
        ({"mail_sender": "ann@example.com\r\nBcc: x@example.com"}, "is no address"),
        ({"mail_delivery": "celery"}, "needs REDIS_URL"),
        ({"mail_username": "ann"}, "needs MAIL_PASSWORD"),
        ({"mail_username": "ann", "mail_password": "x", "mail_security": "none"}, "needs MAIL_PASSWORD"),
        ({"mail_timeout": 60}, "ten times MAIL_TIMEOUT"),
        # with: mail }
    ],
)
def test_nonsense_is_refused(values: dict[str, Any], reason: str) -> None:
    """A service that could not do what its settings say does not start."""
    assert reason in refusal(**values)


# with: cors {
@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "https://*.example.com",
        "https://www.example.com/",
        "www.example.com",
        "https://a.example/b",
        "file://",
    ],
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    """Patterns, `*`, `null`, paths and slashes at the end are no origins, in no list."""
    assert "is no origin" in refusal(public_origins=[origin])
    assert "is no origin" in refusal(admin_origins=["https://www.example.com", origin])


def test_origins_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable holds any number of them, with spaces or without."""
    monkeypatch.setenv("PUBLIC_ORIGINS", "https://www.example.com, http://localhost:3000,,http://[::1]:3000")
    made = Settings(_env_file=None, jwt_secret_key=SECRET)
    assert made.public_origins == ["https://www.example.com", "http://localhost:3000", "http://[::1]:3000"]


# with: cors }
@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_with_psycopg(scheme: str) -> None:
    """URLs as hosting platforms write them work."""
    made = settings(database_url=f"{scheme}://ann:secret@localhost/goods")
    assert made.database_url == "postgresql+psycopg://ann:secret@localhost/goods"


def test_several_workers_share_their_stores() -> None:
    """With PostgreSQL and Redis there may be more than one."""
    assert settings(workers=4, redis_url=REDIS, database_url=POSTGRES).workers == 4


def test_settings_do_not_change() -> None:
    """Nobody changes them while the service runs."""
    with pytest.raises(ValidationError):
        settings().workers = 2  # type: ignore[misc]


def test_secrets_are_not_shown() -> None:
    """Neither the settings nor a refusal of them print a secret."""
    assert SECRET not in repr(settings())
    assert "hunter2" not in refusal(jwt_secret_key="hunter2")


def test_they_come_from_the_environment_and_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line in `.env` counts, a variable counts more, and what is not known is not looked at."""
    Path(".env").write_text(f"JWT_SECRET_KEY={SECRET}\nPORT=8001\nWORKERS=1\nUNKNOWN=1\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "8002")
    made = load()
    assert (made.port, made.jwt_secret_key.get_secret_value()) == (8002, SECRET)


def test_the_service_says_in_a_line_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts it gets a sentence for each fault, with the name of the variable, and no traceback."""
    monkeypatch.setenv("PORT", "http")
    with pytest.raises(SystemExit) as left:
        load()
    lines = str(left.value).splitlines()
    assert ".env.example" in lines[0]
    assert any(line.startswith("  JWT_SECRET_KEY: ") for line in lines)
    assert any(line.startswith("  PORT: ") for line in lines)


def test_the_service_says_what_does_not_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A contradiction has no variable of its own: the sentence names both."""
    monkeypatch.setenv("JWT_SECRET_KEY", SECRET)
    monkeypatch.setenv("WORKERS", "2")
    with pytest.raises(SystemExit, match=r"\n  WORKERS > 1 needs REDIS_URL"):
        load()


def test_every_variable_of_the_example_exists() -> None:
    """`.env.example` names no setting that is not there."""
    example = Path(__file__).resolve().parent.parent / ".env.example"
    lines = [line.lstrip("# ") for line in example.read_text(encoding="utf-8").splitlines()]
    named = {line.partition("=")[0].lower() for line in lines if line.partition("=")[0].isupper()}
    assert named
    assert named <= set(Settings.model_fields)


def test_redis_is_used_where_there_is_one() -> None:
    """Its URL changes where things are kept, and nothing hangs on it for long."""
    alone, shared = flask_config(settings()), flask_config(settings(redis_url=REDIS))
    assert alone["JWT_SECRET_KEY"] == shared["JWT_SECRET_KEY"] == SECRET
    # with: cache {
    assert (alone["CACHE_TYPE"], shared["CACHE_TYPE"]) == ("SimpleCache", "RedisCache")
    own = flask_config(settings(redis_url=REDIS, cache_redis_url="redis://cache/0"))
    assert own["CACHE_REDIS_URL"] == "redis://cache/0"
    assert shared["CACHE_OPTIONS"]["socket_timeout"] == 0.5
    # with: cache }
    # with: limiter {
    assert (alone["RATELIMIT_STORAGE_URI"], shared["RATELIMIT_STORAGE_URI"]) == ("memory://", REDIS)
    assert shared["RATELIMIT_STORAGE_OPTIONS"]["socket_timeout"] == 0.5
    # with: limiter }


def test_settings_are_found_from_inside(make_app: MakeApp) -> None:
    """Code finds the settings of the app that is at work, or of one that it names."""
    first, second = make_app(port=8001), make_app(port=8002)
    with first.app_context():
        assert settings_of().port == 8001
        assert settings_of(second).port == 8002


def test_the_address_of_a_client_is_not_its_own_choice(make_app: MakeApp) -> None:
    """X-Forwarded-For counts only as many hops as there are proxies: none by default."""
    forged = {"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}
    seen = {}
    for hops in (0, 1, 2):
        app = make_app(proxy_hops=hops)
        with app.test_client() as client:
            app.add_url_rule("/me", "me", lambda: request.remote_addr or "")
            seen[hops] = client.get("/me", headers=forged).text
    assert seen == {0: "127.0.0.1", 1: "192.0.2.2", 2: "192.0.2.1"}
