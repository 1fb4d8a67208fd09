from __future__ import annotations

import ctypes
import os
import platform
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keck.proof import gate, seccomp
from keck.proof.gate import Gate

Inside = Callable[[Callable[[], Any]], Any]

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part is Linux's")


@pytest.fixture
def shut(tmp_path: Path) -> Gate:
    """A gate that is asked and not closed."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "file").touch()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file").touch()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out" / "file")
    return Gate([str(tmp_path / "in")])


def _refused(shut: Gate, event: str, *args: object) -> str:
    try:
        shut.watch(event, args)
    except OSError as error:
        return type(error).__name__
    return ""


WRITE, READ = os.O_WRONLY | os.O_CREAT, os.O_RDONLY


@pytest.mark.parametrize(
    ("event", "args", "refused"),
    [
        ("open", ("in/file", "w", WRITE), False),
        ("open", ("in/new", "w", WRITE), False),
        ("open", ("out/new", "w", WRITE), True),
        ("open", ("in/link", "w", WRITE), True),
        ("open", ("in/../out/new", "w", WRITE), True),
        ("open", ("out/file", "r", READ), False),
        ("open", ("out/file", None, None), False),
        ("open", (3, "w", WRITE), False),
        ("open", (os.devnull, "w", WRITE), False),
        ("os.mkdir", ("in/new", 0o777, -1), False),
        ("os.mkdir", ("out/new", 0o777, -1), True),
        ("os.mkdir", ("out", 0o777, -1), False),
        ("os.mkdir", (3, 0o777, -1), False),
        ("os.symlink", ("out/file", "in/new", -1), False),
        ("os.symlink", ("in/file", "out/new", -1), True),
        ("os.remove", ("in/file", -1), False),
        ("os.remove", ("in/link", -1), False),
        ("os.remove", ("out/file", -1), True),
        ("os.remove", ("out/none", -1), False),
        ("os.rename", ("in/file", "in/new", -1, -1), False),
        ("os.rename", ("in/file", "out/new", -1, -1), True),
        ("os.rename", ("in/file", "out/file", -1, -1), True),
        ("os.rename", ("out/file", "in/new", -1, -1), True),
        ("os.chmod", ("out/file", 0o777, -1), True),
        ("os.listdir", ("out",), False),
        ("subprocess.Popen", ("x",), False),
    ],
)
def test_only_the_copy_is_written(
    shut: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, event: str, args: tuple[Any, ...], refused: bool
) -> None:
    """What would be written elsewhere is refused; what would fail or do nothing anyway is left to the system."""
    monkeypatch.chdir(tmp_path)
    assert _refused(shut, event, *args) == ("PermissionError" if refused else "")


@pytest.mark.parametrize(
    ("event", "args", "error"),
    [
        ("socket.connect", (None, ("10.0.0.1", 80)), "ConnectionRefusedError"),
        ("socket.connect", (None, "/run/x"), "ConnectionRefusedError"),
        ("socket.connect", (), "ConnectionRefusedError"),
        ("socket.sendto", (None, ("10.0.0.1", 53)), "ConnectionRefusedError"),
        ("socket.sendmsg", (None, None), ""),
        ("socket.bind", (None, ("", 80)), "PermissionError"),
        ("socket.getaddrinfo", ("shop.example", 80, 0, 0, 0), "gaierror"),
        ("socket.getaddrinfo", (b"shop.example", 80, 0, 0, 0), "gaierror"),
        ("socket.getaddrinfo", ("localhost", 80, 0, 0, 0), ""),
        ("socket.getaddrinfo", (None, 80, 0, 0, 0), ""),
        ("socket.gethostbyname", ("127.0.0.1",), ""),
        ("socket.gethostbyname", (socket.gethostname(),), ""),
        ("socket.getnameinfo", (("shop.example", 80),), "gaierror"),
        ("socket.gethostbyaddr", (), ""),
    ],
)
def test_nothing_connects(shut: Gate, event: str, args: tuple[Any, ...], error: str) -> None:
    """Connections, datagrams, servers and name servers are refused; addresses that need nobody to be asked are not."""
    assert _refused(shut, event, *args) == error


def test_programs_are_refused_where_the_kernel_does_not_hold_them(shut: Gate) -> None:
    """What is started would be free where only this process is watched."""
    shut.programs = False
    assert _refused(shut, "subprocess.Popen", "x") == "PermissionError"


@on_linux
def test_the_kernel_holds_c_code_and_programs(inside: Inside, tmp_path: Path) -> None:
    """Past Python nothing connects, sends, listens or leaves the process group; what is connected already may be used."""
    (tmp_path / "in").mkdir()

    def do() -> Any:  # noqa: ANN401 - JSON data
        shut = Gate([str(tmp_path / "in")])
        one, other = socket.socketpair()
        datagram, stream = socket.socket(type=socket.SOCK_DGRAM), socket.socket()
        shut.close()
        libc = ctypes.CDLL(None, use_errno=True)
        address = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(9), bytes([127, 0, 0, 1]))
        one.send(b"x")
        return {
            "programs": shut.programs,
            "connect": libc.connect(stream.fileno(), address, 16),
            "bind": libc.bind(stream.fileno(), address, 16),
            "sendto": libc.sendto(datagram.fileno(), b"x", 1, 0, address, 16),
            "setsid": libc.setsid(),
            "write": libc.creat(str(tmp_path / "new").encode(), 0o600),
            "pair": other.recv(1).decode(),
            "program": subprocess.run(
                ["/bin/sh", "-c", f"echo x > {tmp_path}/in/y; echo x > {tmp_path}/z"], stderr=-3, check=False
            ).returncode,
        }

    found = inside(do)
    if not found.pop("programs"):  # pragma: no cover - an old kernel
        pytest.skip("the kernel has no Landlock or no seccomp for this machine")
    assert found.pop("program") != 0
    assert found.pop("pair") == "x"
    assert found == dict.fromkeys(found, -1)
    assert (tmp_path / "in" / "y").exists()
    assert not (tmp_path / "z").exists()


def test_other_systems_have_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no seccomp, or no ctypes, the answer is no."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not seccomp.refuse()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "m68k")
    assert not seccomp.refuse()
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setitem(sys.modules, "ctypes", None)
    assert not seccomp.refuse()


def test_a_gate_knows_the_devices(tmp_path: Path) -> None:
    """What multiprocessing and logging need of the system stays open."""
    assert os.path.realpath(os.devnull) in Gate([str(tmp_path)]).writable
    assert gate.OUTSIDE
