"""The kernel's fence around the child, where Linux has Landlock: it holds for C code as well.

No file is opened for writing, made, removed or executed, except `/dev/null`; no signal leaves; no TCP
connection goes anywhere but to the ports of the databases. It cannot be taken down again.
"""

# ruff: noqa: ANN401 - objects of the app and its libraries are what they are

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Sequence
from typing import Any

WRITABLE: list[str] = [os.devnull]
"""What stays writable, with all that is below it."""

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_EXECUTE = 1
_FILE = (1 << 1) | (1 << 14)
_FILES = {1: 0b1111111110011, 2: 1 << 13, 3: 1 << 14}  # by version: what it can refuse, but for reading
_TCP = 0b11
_SCOPES = 0b11  # abstract sockets and signals


def put_up(ports: frozenset[int] | None, writable: Sequence[str] = (), *, programs: bool = False) -> int:
    """Put it up around this process and return Landlock's version; 0 where there is none.

    Args:
        ports: where TCP may connect to; None to leave the network alone.
        writable: what else stays writable.
        programs: whether programs may be executed; the fence is around them as well.
    """
    if sys.platform != "linux":
        return 0
    try:
        import ctypes
    except ImportError:
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    version = max(0, int(libc.syscall(_CREATE, None, 0, 1)))
    files = sum(rights for since, rights in _FILES.items() if version >= since)
    if not files:
        return 0
    files &= ~_EXECUTE if programs else ~0
    tcp = _TCP if version >= 4 and ports is not None else 0
    rules = struct.pack("QQQ", files, tcp, _SCOPES if version >= 6 else 0)[
        : 24 if version >= 6 else 16 if version >= 4 else 8
    ]
    fence = libc.syscall(_CREATE, rules, len(rules), 0)
    for path in (*WRITABLE, *writable):
        _allow(libc, fence, path, files)
    for port in ports or () if tcp else ():
        libc.syscall(_ADD, fence, 2, struct.pack("QQ", 0b10, port), 0)
    up = libc.prctl(38, 1, 0, 0, 0) == 0 and libc.syscall(_RESTRICT, fence, 0) == 0
    os.close(fence)
    return version if up else 0


def _allow(libc: Any, fence: int, path: str, files: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rights = files if os.path.isdir(path) else files & _FILE  # noqa: PTH112 - a descriptor stands beside it
    libc.syscall(_ADD, fence, 1, struct.pack("=Qi", rights, opened), 0)
    os.close(opened)
