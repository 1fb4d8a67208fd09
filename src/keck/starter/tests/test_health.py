"""Health: alive, ready, degraded, not ready; within a bounded time."""

from __future__ import annotations

import time
from datetime import timedelta  # with: mail
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shop import create_app
from shop import health
from shop.database import now  # with: mail
from shop.database import unit_of_work  # with: mail
from shop.extensions import cache  # with: cache
from shop.extensions import db
from shop.extensions import limiter  # with: limiter
from shop.models import OutgoingMail  # with: mail

from tests.conftest import MakeApp  # with: limiter
from tests.conftest import settings


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """No verdict is given twice, unless a test says so."""
    monkeypatch.setattr(health, "KEPT_SECONDS", 0.0)


def states(answer: TestResponse) -> dict[str, str]:
    """The state of each check."""
    return {name: check["state"] for name, check in answer.get_json(force=True)["checks"].items()}


def failing(_: object = None) -> bool:
    """A check of something that is away."""
    raise ConnectionError("away")


def test_alive(client: FlaskClient) -> None:
    """A process that answers is alive."""
    assert client.get("/livez").get_json() == {"status": "alive"}


def test_alive_without_anything(tmp_path: Path) -> None:
    """Without a database the process lives, and is not to be restarted for that."""
    app = create_app(settings(database_url=f"sqlite:///{tmp_path / 'missing' / 'a.db'}"))
    assert app.test_client().get("/livez").status_code == 200


def test_ready(client: FlaskClient) -> None:
    """When everything is there, every check says so, and how long it took."""
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "ready")
    assert states(answer) == dict.fromkeys(health.CHECKS, "ok")
    assert all(check["ms"] >= 0 for check in answer.get_json()["checks"].values())


def test_without_a_database_it_is_not_ready(tmp_path: Path) -> None:
    """A 503 says what failed and when to ask again, not why: anybody may ask."""
    app = create_app(settings(database_url=f"sqlite:///{tmp_path / 'missing' / 'a.db'}"))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "5"
    assert answer.get_json(force=True)["type"] == "not-ready"
    assert states(answer)["database"] == "failed"
    assert "missing" not in answer.text


def test_without_its_tables_it_is_not_ready(tmp_path: Path) -> None:
    """An empty database is a database, but nothing was migrated."""
    app = create_app(settings(database_url=f"sqlite:///{tmp_path / 'empty.db'}"))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert states(answer).items() >= {"database": "ok", "migrations": "failed"}.items()


def test_at_an_older_revision_it_is_not_ready(app: APIFlask, client: FlaskClient) -> None:
    """Code that is newer than the tables gets no requests yet."""
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert states(answer)["migrations"] == "failed"


# with: cache {
def test_without_its_cache_it_is_degraded(app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers come from the database then: the service works."""
    with app.app_context():
        monkeypatch.setattr(cache.cache, "get", failing)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")
    assert states(answer) == dict.fromkeys(health.CHECKS, "ok") | {"cache": "failed"}


# with: cache }
# with: limiter {
def test_without_the_store_of_its_limits_it_is_degraded(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process counts for itself then: the service works."""
    client = make_app(limits_enabled=True).test_client()
    assert states(client.get("/readyz"))["limits"] == "ok"
    monkeypatch.setattr(limiter.storage, "check", lambda: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")
    assert states(answer)["limits"] == "failed"


def test_probes_are_not_limited(make_app: MakeApp) -> None:
    """However often somebody asks, there is an answer."""
    client = make_app(limits_enabled=True, limit_address="1 per minute").test_client()
    assert {client.get("/livez").status_code for _ in range(5)} == {200}
    assert {client.get("/readyz").status_code for _ in range(5)} == {200}
    assert [client.get("/api/items").status_code for _ in range(2)] == [200, 429]


# with: limiter }
# with: mail {
@pytest.mark.parametrize(("minutes", "status"), [(4, "ready"), (6, "degraded")])
def test_mail_that_waits_for_long(app: APIFlask, client: FlaskClient, minutes: int, status: str) -> None:
    """Mail that has been due for more than five minutes means that nobody delivers it."""
    with app.app_context(), unit_of_work(db) as work:
        due = now() - timedelta(minutes=minutes)
        work.add(OutgoingMail(key="x", template="x", recipient="x@example.com", message_id="<x@x>", due_at=due))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, status)


# with: mail }
def test_a_check_that_hangs_has_failed(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer does not wait for what does not answer."""
    ends = Event()
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
    monkeypatch.setitem(health.CHECKS, "database", lambda: ends.wait(10))
    begun = time.monotonic()
    answer = client.get("/readyz")
    ends.set()
    assert time.monotonic() - begun < 5
    assert answer.status_code == 503
    assert states(answer)["database"] == "failed"


def test_a_verdict_is_kept_for_a_moment(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks often gets the same answer, at no cost for the database."""
    monkeypatch.setattr(health, "KEPT_SECONDS", 60.0)
    first = client.get("/readyz").get_json()
    for name in health.CHECKS:
        monkeypatch.setitem(health.CHECKS, name, failing)
    assert client.get("/readyz").get_json() == first


def test_each_app_has_a_verdict_of_its_own(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one app found does not speak for another."""
    monkeypatch.setattr(health, "KEPT_SECONDS", 60.0)
    assert client.get("/readyz").status_code == 200
    other: Any = create_app(settings(database_url=f"sqlite:///{tmp_path / 'empty.db'}"))
    assert other.test_client().get("/readyz").status_code == 503
