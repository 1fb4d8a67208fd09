"""What a fork shares with its parent: open files, sockets and pipes, shared memory, signals, garbage.

A copy of a socket that is already open would let through whatever is written to it, and no audit event
tells of that. So in the child every inherited descriptor leads nowhere: sockets, pipes and terminals to
`/dev/null`, and files that are only written too; other files are opened anew, for reading alone, at the place where
the parent stands in them.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import stat
import sys
from pathlib import Path
from typing import Any

MEMORY = 64 * 1024 * 1024
"""Shared memory up to this size is copied; more of it can only be read."""
_KEPT: list[Any] = []


def part(keep: int) -> None:
    """Part the child from what it shares with its parent.

    Args:
        keep: the descriptor that leads to the parent and stays.

    Raises:
        OSError: memory stays shared.
    """
    import resource  # which Windows lacks

    gc.freeze()  # the parent's garbage may have finalizers
    signal.set_wakeup_fd(-1)
    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, signal.SIG_DFL)
    os.setpgid(0, 0)
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (1 if most else 0, most))  # of 1 byte none is made, nor piped
    maps = Path("/proc/self/maps")
    if maps.exists():  # only Linux tells of them
        _unshare_memory(maps.read_text(encoding="utf-8", errors="replace"))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in _descriptors():
        if number not in {keep, nowhere}:
            _lead_nowhere(number, nowhere)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    _KEPT.extend((sys.stdin, sys.stdout, sys.stderr))
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stderr = os.fdopen(1, "w", encoding="utf-8", closefd=False)


def _descriptors() -> list[int]:
    for folder in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError):
            return [int(name) for name in os.listdir(folder)]  # noqa: PTH208 - names are what is wanted
    return list(range(3, min(os.sysconf("SC_OPEN_MAX"), 4096)))  # pragma: no cover - systems without /dev/fd


def _lead_nowhere(number: int, nowhere: int) -> None:
    import fcntl  # which Windows lacks

    with contextlib.suppress(OSError):  # the one that listed them is closed again
        kind = os.fstat(number).st_mode
        if stat.S_ISDIR(kind):
            return
        writes_only = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY
        if stat.S_ISREG(kind) and not writes_only:
            with contextlib.suppress(OSError):
                anew = os.open(f"/proc/self/fd/{number}", os.O_RDONLY | os.O_CLOEXEC)
                os.lseek(anew, os.lseek(number, 0, os.SEEK_CUR), os.SEEK_SET)
                os.dup2(anew, number, inheritable=False)
                os.close(anew)
                return
        os.dup2(nowhere, number, inheritable=False)


def _unshare_memory(maps: str) -> None:
    """Turn memory that is shared with other processes into a copy of its own, at the same address.

    Raises:
        OSError: it could not be done.
    """
    shared = []
    for line in maps.splitlines():
        span, rights, _, _, _, *path = line.split(None, 5)
        if rights.startswith("rw-s") and (not path or not path[0].startswith("/dev/") or _is_memory(path[0])):
            start, end = (int(one, 16) for one in span.split("-"))
            shared.append((start, end - start))
    if not shared:
        return
    import ctypes
    import mmap

    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    fixed = 0x10 | mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    for start, size in shared:
        if size > MEMORY:
            libc.mprotect(start, size, mmap.PROT_READ)
            continue
        content = ctypes.string_at(start, size)
        if libc.mmap(start, size, mmap.PROT_READ | mmap.PROT_WRITE, fixed, -1, 0) != start:
            raise OSError(ctypes.get_errno(), "shared memory stays shared")
        ctypes.memmove(start, content, size)


def _is_memory(path: str) -> bool:
    return path.startswith(("/dev/shm/", "/dev/zero"))  # noqa: S108 - as the kernel names them
