# with: mail
"""Celery: the workers are woken through Redis, and a Redis that is away costs next to nothing."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pytest
from celery import Celery

from shop import create_app
from shop.mail.broker import TASK
from shop.mail.broker import Bell
from shop.mail.broker import make_celery
from shop.mail.outbox import wake

from . import outbox
from . import smtp
from .conftest import SECRET
from .conftest import settings

WORKER = "shop.mail.worker"
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def worker(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The worker's module, as Celery imports it, with its settings in the environment."""
    path = tmp_path / "shop.db"
    path.write_bytes(database.read_bytes())
    environment = {
        "JWT_SECRET_KEY": SECRET,
        "DATABASE_URL": f"sqlite:///{path}",
        "REDIS_URL": NOWHERE,
        "MAIL_DELIVERY": "celery",
        "MAIL_DIRECTORY": str(tmp_path / "mail"),
        "MAIL_POLL_SECONDS": "7",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    yield importlib.import_module(WORKER)
    del sys.modules[WORKER]


def test_only_json(worker: ModuleType) -> None:
    """Workers take JSON and nothing else, keep no results, and have a task until it is done."""
    conf = worker.celery.conf
    assert (conf.accept_content, conf.task_serializer) == (["json"], "json")
    assert conf.result_backend is None
    assert conf.task_ignore_result
    assert conf.task_acks_late


def test_left_over(worker: ModuleType) -> None:
    """The beat asks at intervals for what is left over, with messages that do not pile up."""
    (entry,) = worker.celery.conf.beat_schedule.values()
    assert entry["task"] == worker.deliver_due.name == TASK
    assert entry["schedule"] == entry["options"]["expires"] == 7


def test_deliver(worker: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The task delivers batch after batch, until nothing is due."""
    worker.celery.conf.task_always_eager = True
    deliver = worker.deliver
    monkeypatch.setattr(worker, "deliver", lambda: deliver(limit=2))
    with worker.service.app_context():
        for _ in range(3):
            outbox.put()
    worker.deliver_due()
    assert len(outbox.kept(tmp_path)) == 3


def test_worker_needs_redis(worker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker without Redis says what it needs."""
    monkeypatch.delenv("REDIS_URL")
    monkeypatch.delenv("MAIL_DELIVERY")
    with pytest.raises(SystemExit, match="REDIS_URL"):
        importlib.reload(worker)


def test_ring() -> None:
    """A ring is one message for a worker."""
    bell = Bell(settings(redis_url="memory://", mail_delivery="celery"))
    bell.ring()
    (message,) = messages(make_celery(settings(redis_url="memory://")))
    assert message == TASK


@pytest.mark.parametrize("kind", ["refuses", "hangs"])
def test_redis_is_away(kind: str, tmp_path: Path, database: Path, caplog: pytest.LogCaptureFixture) -> None:
    """When Redis is away, a request that has enqueued mail takes a second longer at most, and never fails."""
    path = tmp_path / "shop.db"
    path.write_bytes(database.read_bytes())
    with ExitStack() as stack:
        url = NOWHERE
        if kind == "hangs":
            url = f"redis://:password@{smtp.HOST}:{stack.enter_context(smtp.broken(smtp.hang))}/0"
        app = create_app(settings(database_url=f"sqlite:///{path}", redis_url=url, mail_delivery="celery"))
        stack.enter_context(app.app_context())
        for _ in range(2):
            begun = time.monotonic()
            wake()
            assert time.monotonic() - begun < 1.2
    assert caplog.text.count("mail workers not woken") == 2
    assert "password" not in caplog.text


def messages(celery: Celery) -> list[str]:
    """The names of the tasks that wait in the queue."""
    found = []
    with celery.connection_for_read() as connection, connection.SimpleQueue(celery.conf.task_default_queue) as queue:
        while queue.qsize():
            found.append(queue.get(timeout=1).headers["task"])
    return found
