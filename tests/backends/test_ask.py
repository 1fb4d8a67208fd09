"""All backends of an app at once."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from flask_migrate import Migrate  # type: ignore[import-untyped]

from keck.backends import ask
from tests.backends import apps
from tests.service.servers.postgres import Postgres
from tests.service.servers.redis import Redis
from tests.service.servers.smtp import Smtp


def test_all_mute(mute: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every backend mute, the whole takes as long as one: two seconds, not the sum."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "alembic.ini").touch()
    made = apps.with_everything(
        SQLALCHEMY_DATABASE_URI=f"postgresql+psycopg://ada:hidden@127.0.0.1:{mute}/shop",
        SQLALCHEMY_BINDS={"audit": f"postgresql+psycopg://ada:hidden@127.0.0.1:{mute}/audit"},
        CACHE_TYPE="RedisCache",
        CACHE_REDIS_URL=f"redis://:hidden@127.0.0.1:{mute}/0",
        RATELIMIT_STORAGE_URI=f"redis://:hidden@127.0.0.1:{mute}/1",
        MAIL_SERVER="127.0.0.1",
        MAIL_PORT=mute,
    )
    began = time.monotonic()
    found = ask(made)
    took = time.monotonic() - began
    assert [one.kind for one in found] == ["database", "database", "migrations", "redis", "redis", "smtp"]
    assert {one.state for one in found if one.kind != "migrations"} == {"unreachable"}
    assert [(one.state, one.detail) for one in found if one.kind == "migrations"] == [
        ("skipped", "the database does not answer")
    ]
    assert took < 6  # one after the other they would take ten
    assert all(one.seconds <= 2.05 for one in found)
    assert "hidden" not in str(found)


def test_all_answer(
    postgres: Postgres, redis: Redis, smtp: Smtp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every backend there, each answers, and what they say is JSON."""
    monkeypatch.setenv("SSL_CERT_FILE", str(smtp.certificates.authority))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "alembic.ini").touch()
    made = apps.with_everything(
        SQLALCHEMY_DATABASE_URI=postgres.database(),
        CACHE_TYPE="RedisCache",
        CACHE_REDIS_URL=redis.url(1),
        RATELIMIT_STORAGE_URI=redis.url(2),
        MAIL_SERVER="127.0.0.1",
        MAIL_PORT=smtp.port,
        MAIL_USE_TLS=True,
        MAIL_USERNAME="postman",
        MAIL_PASSWORD=smtp.password,
    )
    found = ask(made)
    assert {one.state for one in found} == {"answers"}, found
    text = json.dumps([asdict(one) for one in found])
    assert not [one for one in (postgres.password, redis.password, smtp.password) if one in text]


def test_nothing_at_all_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that was only checked out: no file, no directory, nobody anywhere, and none is made."""
    monkeypatch.chdir(tmp_path)
    made, db = apps.with_database(f"sqlite:///{tmp_path / 'shop.db'}")
    Migrate(made, db)
    assert [one.state for one in ask(made)] == ["missing", "missing"]
    assert list(tmp_path.iterdir()) == []
