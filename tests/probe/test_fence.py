"""The kernel's fence, and the airlock where there is none."""

# ruff: noqa: ANN401, SLF001 - hooks and fakes of libraries

from __future__ import annotations

import builtins
import ctypes
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keck.probe import child, fence, inherited

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has Landlock")


def _inside(do: Callable[[], Any]) -> Any:
    """Return what it returns in a fork."""
    lines = list(child.run(lambda say: say(["got", do()]), time.monotonic() + 10, 10))
    assert lines[1:] == [["ended", ""]], lines
    return lines[0][1]


def test_c_code_is_kept_in(tmp_path: Path) -> None:
    """C code can't write, make, remove or execute a file, signal its parent, or connect past the databases' ports."""
    path = tmp_path / "file"
    path.write_text("before", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        ports = [one.getsockname()[1], other.getsockname()[1]]

        def do() -> Any:
            version = fence.put_up(frozenset(ports[:1]))
            libc = ctypes.CDLL(None, use_errno=True)
            tries = {
                "write": libc.open(str(path).encode(), os.O_WRONLY),
                "make": libc.creat(str(tmp_path / "new").encode(), 0o600),
                "remove": libc.unlink(str(path).encode()),
                "execute": libc.execl(b"/bin/true", b"true", None),
            }
            if version >= 3:
                tries["truncate"] = libc.truncate(str(path).encode(), 0)
            if version >= 6:
                tries["signal"] = libc.kill(os.getppid(), int(signal.SIGUSR1))
            if version >= 4:
                tries["connect"] = _connect(ports[1])
                tries["database"] = 0 if _connect(ports[0]) == 0 else 1
            tries["null"] = min(0, libc.open(b"/dev/null", os.O_WRONLY))
            return [version, tries]

        version, tries = _inside(do)
    if not version:
        pytest.skip("this kernel has no Landlock")
    assert (tries.pop("null"), tries.pop("database", 0)) == (0, 0)
    assert set(tries.values()) == {-1}
    assert path.read_text(encoding="utf-8") == "before"


def _connect(port: int) -> int:
    libc = ctypes.CDLL(None)
    address = (2).to_bytes(2, "little") + port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    return int(libc.connect(libc.socket(2, 1, 0), address, 16))


def test_network_left_alone() -> None:
    """Where the databases' ports are not known TCP is left to the airlock."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
        assert _inside(lambda: [fence.put_up(None), _connect(port)])[1] == 0


def test_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other systems, and a Python without ctypes, have no such fence."""
    real = builtins.__import__

    def refuse(name: str, *args: Any, **options: Any) -> Any:
        if name == "ctypes":
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert fence.put_up(frozenset()) == 0
    monkeypatch.setattr(sys, "platform", "darwin")
    assert fence.put_up(frozenset()) == 0


@pytest.mark.parametrize(("version", "size"), [(0, 0), (1, 8), (3, 8), (4, 16), (6, 24)])
def test_versions(version: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older kernel is asked only for what it knows, and one without for nothing."""
    asked: list[tuple[Any, ...]] = []

    class Kernel:
        """One of that version, which refuses in the end."""

        def syscall(self, *args: Any) -> int:
            """Answer as it would."""
            asked.append(args)
            if args[1] is None:
                return version or -1
            return os.open(os.devnull, os.O_RDONLY) if args[0] == 444 else 0

        def prctl(self, *_: Any) -> int:
            """Refuse."""
            return -1

    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Kernel())
    assert fence.put_up(frozenset({5432})) == 0
    assert [len(one[1]) for one in asked if one[0] == 444 and one[1]] == ([size] if size else [])
    assert any(one[0] == 445 and one[2] == 2 for one in asked) == (version >= 4)


def test_folders_stay_open() -> None:
    """An open folder can still be looked into: nothing can be changed through it that is not refused by itself."""
    opened = os.open(".", os.O_RDONLY)
    assert _inside(lambda: "pyproject.toml" in os.listdir(opened) or os.listdir(opened))  # noqa: PTH208 - a descriptor
    os.close(opened)


def test_large_shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shared memory too large to copy can be read and not written: who writes to it loses its process."""
    import mmap

    memory = mmap.mmap(-1, 8192)
    memory[:6] = b"before"
    monkeypatch.setattr(inherited, "MEMORY", 4096)
    assert _inside(memory[:6].decode) == "before"

    def write(say: Callable[[list[Any]], None]) -> None:
        say(["asked"])
        memory[:6] = b"hit!!!"

    lines = list(child.run(write, time.monotonic() + 10, 10))
    assert lines == [["asked"], ["ended", "it ended the process"]]
    assert memory[:6] == b"before"


def test_memory_that_stays_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where memory cannot be parted the child says so instead of going on."""
    import mmap

    memory = mmap.mmap(-1, 4096)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: _Settable())
    with pytest.raises(OSError, match="shared memory stays shared"):
        inherited._unshare_memory(Path("/proc/self/maps").read_text(encoding="utf-8"))
    memory.close()


class _Function:
    """A function of a C library that fails."""

    def __call__(self, *_: Any) -> int:
        return -1


class _Settable:
    """A C library whose functions fail."""

    def __init__(self) -> None:
        self.mmap, self.mprotect = _Function(), _Function()


def test_json_only() -> None:
    """A child whose words are no JSON data has failed."""
    lines = list(child.run(lambda say: say([object()]), time.monotonic() + 10, 10))
    assert lines[0][0] == "failed"
    assert "JSON" in json.dumps(lines[0])


def test_what_a_fork_shares_elsewhere() -> None:
    """Only memory that is shared and can be written is parted; devices stay."""
    maps = "00400000-00401000 r--s 00000000 00:01 1 /x\n00500000-00501000 rw-s 00000000 00:01 1 /dev/dri/card0\n"
    inherited._unshare_memory(maps)


def test_systems_that_tell_of_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system does not tell what memory is shared the child goes on: the airlock keeps it from making more."""
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: str(path) != "/proc/self/maps" and exists(path))
    assert _inside(lambda: "went on") == "went on"
