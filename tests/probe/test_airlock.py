"""What the airlock refuses, and in which words."""

from __future__ import annotations

import os
from typing import Any

import pytest

from keck.probe.airlock import LENGTH, Airlock, Refused


@pytest.mark.parametrize(
    ("event", "args", "told"),
    [
        ("open", ("/tmp/x", "w", os.O_WRONLY), "write '/tmp/x'"),  # noqa: S108 - nothing is written
        ("open", (b"x", None, os.O_RDWR), "write b'x'"),
        ("os.remove", ("x", -1), "remove 'x'"),
        ("os.fork", (), "fork"),
        ("os.system", (b"ls",), "start the process b'ls'"),
        ("socket.connect", (None, ("10.0.0.1", 80)), "connect to 10.0.0.1:80"),
        ("socket.connect", (None, ("::1", 80, 0, 0)), "connect to ::1:80"),
        ("socket.connect", (None, "/run/x"), "connect to '/run/x'"),
        ("socket.sendmsg", (None,), "send to ''"),
        ("socket.getaddrinfo", ("keck.example", 80, 0, 0, 0), "look up 'keck.example'"),
        ("socket.getaddrinfo", (b"keck.example", 80, 0, 0, 0), "look up b'keck.example'"),
        ("smtplib.send", (None, b"x"), "send mail by smtplib"),
    ],
)
def test_refused(event: str, args: tuple[Any, ...], told: str) -> None:
    """What leaves the process raises, and is noted in words."""
    airlock = Airlock()
    with pytest.raises(Refused, match="keck's probe refuses: "):
        airlock.watch(event, args)
    assert airlock.log == [told]


@pytest.mark.parametrize(
    ("event", "args"),
    [
        ("open", ("x", "r", os.O_RDONLY | os.O_CLOEXEC)),
        ("open", ("x", "r", None)),
        ("open", (3, "w", os.O_WRONLY)),
        ("open", (os.devnull, "w", os.O_WRONLY)),
        ("socket.getaddrinfo", ("127.0.0.1", 80, 0, 0, 0)),
        ("socket.getaddrinfo", (b"::1", 80, 0, 0, 0)),
        ("socket.getaddrinfo", ("localhost", 80, 0, 0, 0)),
        ("socket.getaddrinfo", (None, 80, 0, 0, 0)),
        ("os.listdir", ("x",)),
        ("import", ("x", None, None, None, None)),
    ],
)
def test_let_pass(event: str, args: tuple[Any, ...]) -> None:
    """What stays inside passes."""
    airlock = Airlock()
    airlock.watch(event, args)
    assert airlock.log == []


def test_long_things_are_cut() -> None:
    """What is noted stays short, however long the path or the statement is."""
    airlock = Airlock()
    with pytest.raises(Refused):
        airlock.watch("os.mkdir", ("x" * 1000, 0, -1))
    assert len(airlock.log[0]) == LENGTH


def test_let_out() -> None:
    """Within, a thread may connect, also when it goes in twice; it may not write; afterwards it may do neither."""
    airlock = Airlock()
    with airlock.let_out():
        with airlock.let_out():
            airlock.watch("socket.connect", (None, ("db", 1)))
        airlock.watch("socket.connect", (None, ("db", 1)))
        with pytest.raises(Refused):
            airlock.watch("open", ("x", "w", os.O_WRONLY))
    with pytest.raises(Refused):
        airlock.watch("socket.connect", (None, ("db", 1)))


def test_caught_as_an_error_of_the_system() -> None:
    """Code that gets by without network and disk gets by: a refusal is an `OSError`."""
    assert issubclass(Refused, OSError)


def test_other_systems() -> None:
    """A function or a module that a system lacks is not replaced."""
    Airlock()._replace("os", "no_such_function", "do")
    Airlock()._replace("no_such_module", "function", "do")
    assert not hasattr(os, "no_such_function")
