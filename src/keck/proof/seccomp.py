"""The kernel's refusal of the network, for C code as well: no connection, no listening, no leaving of the process group.

A filter of system calls (seccomp) that holds for this process and every process that it starts.
"""

from __future__ import annotations

import errno
import platform
import struct
import sys

_ALLOW = 0x7FFF0000
_ERROR = 0x00050000
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06

_MACHINES: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (0xC000003E, {"connect": 42, "bind": 49, "sendto": 44, "sendmmsg": 307, "setsid": 112, "setpgid": 109}),
    "aarch64": (
        0xC00000B7,
        {"connect": 203, "bind": 200, "sendto": 206, "sendmmsg": 269, "setsid": 157, "setpgid": 154},
    ),
}
_ANSWERS = {
    "connect": errno.ECONNREFUSED,
    "bind": errno.EACCES,
    "sendmmsg": errno.ENETUNREACH,
    "setsid": errno.EPERM,
    "setpgid": errno.EPERM,
}


def refuse() -> bool:
    """Put the filter up for good and return whether that was possible: on Linux, on machines that it knows."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        return False
    try:
        import ctypes
    except ImportError:
        return False
    steps = program(*_MACHINES[platform.machine()])
    held = ctypes.create_string_buffer(steps)
    filtered = ctypes.create_string_buffer(struct.pack("@HP", len(steps) // 8, ctypes.addressof(held)))
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, filtered, 0, 0) == 0)


def program(machine: int, numbers: dict[str, int]) -> bytes:
    """Return the filter as the kernel takes it.

    Args:
        machine: the kernel's number of it.
        numbers: of its system calls.
    """
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, 0)]
    for name, answer in _ANSWERS.items():
        steps += [(_EQUAL, 0, 1, numbers[name]), (_RETURN, 0, 0, _ERROR | answer)]
    steps += [(_EQUAL, 1, 0, numbers["sendto"]), (_RETURN, 0, 0, _ALLOW)]
    for half in (48, 52):  # the address that it is sent to: a null pointer on a socket that is connected already
        steps += [(_LOAD, 0, 0, half), (_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _ERROR | errno.ENETUNREACH)]
    steps.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", code, yes, no, value) for code, yes, no, value in steps)
