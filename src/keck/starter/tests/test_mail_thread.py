# with: mail
"""The delivery thread: there where requests are answered, and nowhere else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask

from shop.mail.delivery import Batch
from shop.mail.delivery import deliver
from shop.mail.dispatch import THREAD
from shop.mail.outbox import wake
from shop.mail.thread import DeliveryThread

from . import outbox
from .conftest import MakeApp


@pytest.fixture
def app(make_app: MakeApp) -> Iterator[APIFlask]:
    """An app with a delivery thread."""
    made = make_app(mail_delivery="thread")
    yield made
    made.extensions[THREAD].stop()


@pytest.fixture
def delivery(app: APIFlask) -> DeliveryThread:
    """The thread of the app."""
    found: DeliveryThread = app.extensions[THREAD]
    return found


def wait_until(true: Callable[[], object]) -> None:
    """Return once it is true; fail after ten seconds."""
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_first_request_starts_it(app: APIFlask, delivery: DeliveryThread, tmp_path: Path) -> None:
    """Neither an app, nor a mail, nor waking starts the thread, only a request; it delivers what is there."""
    with app.app_context():
        outbox.put()
        wake()
    assert not delivery.runs
    app.test_client().get("/nowhere")
    wait_until(lambda: outbox.kept(tmp_path))


def test_wake(app: APIFlask, tmp_path: Path) -> None:
    """Once it runs it delivers when it is woken."""
    app.test_client().get("/nowhere")
    with app.app_context():
        outbox.put()
        wake()
        wait_until(lambda: len(outbox.kept(tmp_path)) == 1)
        outbox.put()
        wake()
        wait_until(lambda: len(outbox.kept(tmp_path)) == 2)


def test_one_thread(app: APIFlask) -> None:
    """More requests start no more threads."""
    for _ in range(3):
        app.test_client().get("/nowhere")
    assert [one.name for one in threading.enumerate()].count("mail") == 1


def test_commands_do_not_start_it(app: APIFlask, delivery: DeliveryThread) -> None:
    """Commands run without the thread."""
    assert app.test_cli_runner().invoke(args=["mail", "dead"]).exit_code == 0
    assert not delivery.runs


def test_left_over(make_app: MakeApp, tmp_path: Path) -> None:
    """It looks at intervals for mail that nobody woke it for."""
    app = make_app(mail_delivery="thread", mail_poll_seconds=0.1)
    app.test_client().get("/nowhere")
    with app.app_context():
        outbox.put()
    wait_until(lambda: outbox.kept(tmp_path))
    app.extensions[THREAD].stop()


def test_it_outlives_faults(
    app: APIFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A database that is away ends a round and not the thread."""
    fail = threading.Event()
    fail.set()

    def sometimes(*, is_over: Callable[[], bool]) -> Batch:
        if fail.is_set():
            raise ConnectionError("away")
        return deliver(is_over=is_over)

    monkeypatch.setattr("shop.mail.thread.deliver", sometimes)
    app.test_client().get("/nowhere")
    wait_until(lambda: "mail delivery failed" in caplog.text)
    fail.clear()
    with app.app_context():
        outbox.put()
        wake()
    wait_until(lambda: outbox.kept(tmp_path))


def test_more(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on at once while there is more."""
    batches = [Batch(more=True), Batch(more=True), Batch()]
    done: list[Batch] = []

    def one_of_them(**_: Callable[[], bool]) -> Batch:
        done.append(batches[len(done)])
        return done[-1]

    monkeypatch.setattr("shop.mail.thread.deliver", one_of_them)
    app.test_client().get("/nowhere")
    wait_until(lambda: len(done) == 3)


def test_stop(app: APIFlask, delivery: DeliveryThread) -> None:
    """Stopped it is gone, and stays so."""
    app.test_client().get("/nowhere")
    begun = time.monotonic()
    delivery.stop()
    assert time.monotonic() - begun < 1
    app.test_client().get("/nowhere")
    assert not delivery.runs


def test_stop_before_start(delivery: DeliveryThread) -> None:
    """What never ran can be stopped."""
    delivery.stop()
    assert not delivery.runs
