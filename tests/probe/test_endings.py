"""Requests that do not end, and requests that end the process that asks them."""

# ruff: noqa: SLF001 - hooks and fakes of libraries

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request

from keck.probe import DEATHS, NO_FORK, child, probe
from keck.probe.airlock import Airlock
from tests.probe.apps import asked, by_endpoint, probed, routes

LEAVE = child.leave

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is nothing to ask without fork")


def _app(**hooks: Callable[[], Any]) -> Flask:
    """Return an app with a route for each hook, which runs before it alone, and one before and one after them."""
    app = Flask("endings")
    for name in ("first", *hooks, "last"):
        app.add_url_rule(f"/{name}", name, lambda: "body")

    @app.before_request
    def hook() -> None:
        hooks.get(str(request.endpoint), lambda: None)()

    return app


def _at_preflight(hook: Callable[[], None]) -> Callable[[], None]:
    """Return a hook that does so for one of the eight questions alone."""
    return lambda: hook() if request.method == "OPTIONS" else None


def _sleep() -> None:
    time.sleep(30)


def _loop() -> None:
    while True:
        pass


def _stubborn() -> None:
    while True:
        try:
            time.sleep(30)
        except BaseException:  # noqa: BLE001, S112 - that is what it is for
            continue


def _deaf() -> None:
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    _loop()


def _query() -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT count(*) FROM n"
    sqlite3.connect(":memory:").execute(endless).fetchall()


def test_interrupted() -> None:
    """A hook that sleeps or loops is interrupted in Python, told so, and the next request is asked as ever."""
    got = asked(_app(sleep=_at_preflight(_sleep), loop=_at_preflight(_loop)), each=0.6)
    for name in ("sleep", "loop"):
        assert got[name]["preflight"] == {"status": None, "reached": False, "error": "it took longer than 0.6 s"}
        assert got[name]["spent"]["reached"]
    assert got["first"] == got["last"]
    assert got["last"]["anonymous"] == {"status": 200, "reached": True}


@pytest.mark.parametrize("hook", [_stubborn, _deaf, _query], ids=["swallows it", "ignores the signal", "in C"])
def test_killed(hook: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook that cannot be interrupted has its process killed; a new one asks the routes after it."""
    monkeypatch.setattr(child, "GRACE", 0.3)
    got = asked(_app(hook=hook), each=0.6)
    told = "it was killed, since it did not end within 0.9 s"
    assert got["hook"] == {"anonymous": {"status": None, "reached": False, "error": told}}
    assert got["first"]["spent"]["reached"]
    assert got["last"]["spent"]["reached"]


def test_exits() -> None:
    """A hook that exits is told by its exception, and one that leaves at once by its exit code."""
    got = asked(_app(exits=lambda: sys.exit(3), leaves=lambda: os._exit(7)))
    assert got["exits"]["anonymous"]["error"] == "SystemExit: 3"
    assert got["leaves"] == {
        "anonymous": {"status": None, "reached": False, "error": "it ended the process with exit code 7"}
    }
    assert got["last"]["anonymous"]["reached"]


def test_killed_by_itself() -> None:
    """A process that kills itself by a signal is no more than one lost row."""
    got = asked(_app(kills=lambda: signal.raise_signal(signal.SIGKILL)))
    assert got["kills"]["anonymous"]["error"] == "it ended the process"
    assert got["last"]["anonymous"]["reached"]


def test_answers_before_the_end_are_kept() -> None:
    """What a route answered before it ended its process is kept: here only its preflight does."""

    def leave() -> None:
        if request.method == "OPTIONS":
            os._exit(1)

    got = asked(_app(leaves=leave))["leaves"]
    assert got["anonymous"] == {"status": 200, "reached": True}
    assert got["preflight"]["error"] == "it ended the process with exit code 1"
    assert "foreign origin" not in got


def test_given_up() -> None:
    """After some routes in a row that end their process the rest is left alone, and says so."""
    app = _app(**{f"hook{number}": lambda: os._exit(1) for number in range(DEATHS + 2)})
    got = probed(app)
    skipped = {one.endpoint: one.skipped for one in got.routes if one.skipped and one.endpoint != "static"}
    assert skipped == dict.fromkeys(
        (f"hook{DEATHS}", f"hook{DEATHS + 1}", "last"),
        f"not asked: {DEATHS} routes before it each ended the process of the probe",
    )


def test_not_given_up() -> None:
    """Routes that end their process one by one, with others between them, never add up."""
    app = Flask("between")
    for number in range(2 * DEATHS):
        app.add_url_rule(f"/{number}", str(number), lambda: "body")

    @app.before_request
    def hook() -> None:
        if int(str(request.endpoint)) % 2:
            os._exit(1)

    got = by_endpoint(probed(app))
    assert [name for name in got if got[name]["anonymous"]["reached"]] == [str(n) for n in range(0, 2 * DEATHS, 2)]
    assert len(got) == 2 * DEATHS


def test_time_up() -> None:
    """When the time is up the child is killed, and what it has not come to says so."""
    app = _app(sleep=lambda: time.sleep(30), more=lambda: None)
    got = probe(app, routes(app), seconds=2.5, each=60)
    assert 2.5 <= got.seconds < 10
    first, sleep, more, last = [one for one in got.routes if one.endpoint != "static"]
    assert first.asked["spent"]["reached"]
    assert sleep.asked == {"anonymous": {"status": None, "reached": False, "error": "the time was up"}}
    assert more.skipped == last.skipped == "not asked: the time was up"


def test_no_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no fork nothing is asked, and it says so."""
    monkeypatch.delattr(os, "fork")
    got = probed(_app())
    assert (got.routes, got.unavailable) == ((), NO_FORK)


def test_not_isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the child cannot be isolated nothing is asked."""

    def fail(_: Airlock) -> None:
        raise OSError("no")

    monkeypatch.setattr(Airlock, "close", fail)
    got = probed(_app())
    assert (got.routes, got.unavailable) == ((), "the copy of the app could not be isolated: OSError: no")


def test_ended_before_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that ends while it is isolated is the end of the probe, not of the caller."""
    monkeypatch.setattr(Airlock, "close", lambda _: os._exit(9))
    got = probed(_app())
    assert got.unavailable == "the copy of the app could not be isolated: it ended the process with exit code 9"


def test_threads(recwarn: pytest.WarningsRecorder) -> None:
    """Threads of the parent neither warn at the fork nor hang it, though one holds the lock of a hook."""
    lock, stop = threading.Lock(), threading.Event()
    held = threading.Event()

    def hold() -> None:
        with lock:
            held.set()
            stop.wait()

    def use() -> None:
        with lock:
            pass

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        got = asked(_app(use=_at_preflight(use)), each=0.6)
    finally:
        stop.set()
        thread.join()
    assert got["use"]["preflight"]["error"] == "it took longer than 0.6 s"
    assert got["last"]["anonymous"]["reached"]
    assert not recwarn.list


def test_asked_from_a_thread() -> None:
    """The probe may be started from any thread."""
    got: list[Any] = []
    thread = threading.Thread(target=lambda: got.append(asked(_app(sleep=_at_preflight(_sleep)), each=0.6)))
    thread.start()
    thread.join()
    assert got[0]["sleep"]["preflight"]["error"] == "it took longer than 0.6 s"
    assert got[0]["last"]["anonymous"]["reached"]


def test_child_is_reaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process is left of the probe, also where the system reaps children by itself."""
    fork, pids = os.fork, []

    def forked() -> int:
        pids.append(fork())
        return int(pids[-1])

    monkeypatch.setattr(os, "fork", forked)
    for action in (signal.SIG_IGN, signal.SIG_DFL):
        before = signal.signal(signal.SIGCHLD, action)
        try:
            assert asked(_app())["last"]["anonymous"]["reached"]
        finally:
            signal.signal(signal.SIGCHLD, before)
        with pytest.raises(ChildProcessError):
            os.waitpid(pids.pop(), 0)


def test_leaves() -> None:
    """The child ends without what programs do at their end."""
    pid = os.fork()
    if pid == 0:
        LEAVE()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_given_up_by_its_caller() -> None:
    """Whoever stops listening ends the child."""

    def wait(say: Callable[[list[Any]], None]) -> None:
        say(["asked"])
        time.sleep(60)

    heard = child.run(wait, time.monotonic() + 60, 60)
    assert next(heard) == ["asked"]
    begun = time.monotonic()
    del heard
    assert time.monotonic() - begun < 5


def test_parent_keeps_its_bodies() -> None:
    """In the parent every body runs as before, and the app has handled no request."""
    app = _app()
    assert asked(app)["first"]["anonymous"]["reached"]
    assert not app._got_first_request
    assert app.test_client().get("/first").data == b"body"
