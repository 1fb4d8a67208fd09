"""The gate: what an app that is booted for a proof may not do, whatever it does while it is imported.

An audit hook refuses connections and what would be written outside of the copy; below it the kernel does where it can
(`keck.proof.seccomp`, `keck.probe.fence`), which holds for C code and for processes that the app starts.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any

from keck.probe import fence
from keck.probe.airlock import WRITE
from keck.proof import seccomp

_NEW = {"os.mkdir": 0, "os.link": 1, "os.symlink": 1}
_CHANGED = dict.fromkeys(
    ("os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.utime", "os.setxattr", "shutil.rmtree"), 0
)
_STARTED = frozenset(["subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"])
_NAMED = frozenset(["socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"])
_DEVICES = ("/dev/null", "/dev/tty", "/dev/shm")  # noqa: S108 - the semaphores of `multiprocessing` are there
OUTSIDE = "a proof keeps what lies outside of the project from being changed"
UNREACHED = "a proof lets nothing connect"


class Gate:
    """What is refused.

    Args:
        writable: absolute paths of folders below which everything may be written.
    """

    def __init__(self, writable: Sequence[str]) -> None:
        every = [*writable, *(one for one in _DEVICES if os.path.exists(one))]  # noqa: PTH110 - they are text
        self.writable = [os.path.realpath(one) for one in every]
        self.programs = True

    def close(self) -> None:
        """Refuse from now on, for good."""
        sys.dont_write_bytecode = True
        is_fenced = bool(fence.put_up(None, self.writable, programs=True))
        self.programs = seccomp.refuse() and is_fenced
        sys.addaudithook(self.watch)

    def watch(self, event: str, args: tuple[Any, ...]) -> None:
        """Refuse what leaves the process or the copy.

        Raises:
            OSError: it does.
        """
        if event == "open":
            path, _, flags = (*args, None, None, 0)[:3]
            if isinstance(flags, int) and flags & WRITE:
                self._keep(path)
        elif event in _SAY:
            _SAY[event](self, args)
        elif event in _STARTED and not self.programs:
            raise PermissionError(errno.EACCES, "a proof lets no program be started on this system")

    def connects(self, args: tuple[Any, ...]) -> None:
        """Refuse a connection.

        Raises:
            ConnectionRefusedError: always.
        """
        raise ConnectionRefusedError(errno.ECONNREFUSED, UNREACHED + _address(args))

    def sends(self, args: tuple[Any, ...]) -> None:
        """Refuse what is sent to an address.

        Raises:
            ConnectionRefusedError: there is one.
        """
        if len(args) > 1 and args[1] is not None:
            self.connects(args)

    def listens(self, args: tuple[Any, ...]) -> None:
        """Refuse to listen.

        Raises:
            PermissionError: always.
        """
        raise PermissionError(errno.EACCES, "a proof lets nothing listen" + _address(args))

    def looks_up(self, args: tuple[Any, ...]) -> None:
        """Refuse to ask a name server.

        Raises:
            gaierror: one would be asked.
        """
        name = args[0] if args else None
        host = name[0] if isinstance(name, tuple) else name
        text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if text and text not in {"localhost", socket.gethostname()} and set(text) - set("0123456789abcdefABCDEF:.%"):
            raise socket.gaierror(socket.EAI_NONAME, f"{UNREACHED} to {text}")

    def makes(self, path: object) -> None:
        """Refuse to make what is not there yet.

        Raises:
            PermissionError: it lies outside.
        """
        if isinstance(path, str | bytes | os.PathLike) and not os.path.lexists(path):
            self._keep(path, follow=False)

    def changes(self, path: object) -> None:
        """Refuse to change what is there.

        Raises:
            PermissionError: it lies outside.
        """
        if isinstance(path, str | bytes | os.PathLike) and os.path.lexists(path):
            self._keep(path, follow=False)

    def _keep(self, path: object, *, follow: bool = True) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        text = os.fsdecode(path)
        whole = os.path.abspath(text)  # noqa: PTH100 - links are followed below
        folder, name = os.path.split(whole)
        real = os.path.realpath(whole) if follow else os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - text
        if not any(real == one or real.startswith(one + os.sep) for one in self.writable):
            raise PermissionError(errno.EACCES, OUTSIDE, text)


def _address(args: tuple[Any, ...]) -> str:
    one = args[1] if len(args) > 1 else None
    return f" ({':'.join(map(str, one[:2]))})" if isinstance(one, tuple) else f" ({one!r})" if one else ""


def _made(index: int) -> Callable[[Gate, tuple[Any, ...]], None]:
    return lambda gate, args: gate.makes(args[index])


def _changed(gate: Gate, args: tuple[Any, ...]) -> None:
    gate.changes(args[0])


def _moved(gate: Gate, args: tuple[Any, ...]) -> None:
    gate.changes(args[0])
    gate.makes(args[1])
    gate.changes(args[1])


_SAY: dict[str, Callable[[Gate, tuple[Any, ...]], None]] = {
    **{event: _made(index) for event, index in _NEW.items()},
    **dict.fromkeys(_CHANGED, _changed),
    **dict.fromkeys(("os.rename", "shutil.move"), _moved),
    "socket.connect": Gate.connects,
    **dict.fromkeys(("socket.sendto", "socket.sendmsg"), Gate.sends),
    "socket.bind": Gate.listens,
    **dict.fromkeys(_NAMED, Gate.looks_up),
}
