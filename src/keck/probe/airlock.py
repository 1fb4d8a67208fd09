"""The airlock: what the forked child may not do, and what it tried.

An audit hook refuses every event of the interpreter by which something leaves the process: files opened for
writing, removed or changed, processes, signals, sockets, mail. Functions without such an event are replaced.
Below it the kernel keeps files from growing (`RLIMIT_FSIZE`) and, where Linux has Landlock, from being
opened for writing at all (`keck.probe.fence`), which holds for C code too.

Out of reach: what C code does over the network by UDP, or by TCP to the port of one of the app's own
databases, past the drivers that `keck.probe.databases` knows; `ctypes`; code that sets out to break this.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
LENGTH = 160


class Refused(PermissionError):  # noqa: N818 - it is no error of anybody's
    """The airlock refuses it; an `OSError`, so that code which gets by without network or disk gets by."""


def _first(args: tuple[Any, ...]) -> str:
    return f" {args[0]!r}" if args else ""


def _address(args: tuple[Any, ...]) -> str:
    one = args[1] if len(args) > 1 else ""
    return " " + (":".join(map(str, one[:2])) if isinstance(one, tuple) else repr(one))


_SAY: dict[str, tuple[str, Callable[[tuple[Any, ...]], str]]] = {
    **dict.fromkeys(("os.remove", "os.rmdir", "shutil.rmtree"), ("remove", _first)),
    **dict.fromkeys(("os.rename", "shutil.move"), ("rename", _first)),
    **dict.fromkeys(("os.link", "os.symlink"), ("link", _first)),
    **dict.fromkeys(("os.mkdir", "tempfile.mkdtemp"), ("make the directory", _first)),
    **dict.fromkeys(("os.truncate", "tempfile.mkstemp", "shutil.copyfile"), ("write", _first)),
    **dict.fromkeys(
        ("os.chmod", "os.chown", "os.utime", "os.chflags", "os.setxattr", "os.removexattr"), ("change", _first)
    ),
    **dict.fromkeys(
        ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "os.startfile"),
        ("start the process", _first),
    ),
    **dict.fromkeys(("os.fork", "os.forkpty"), ("fork", lambda _: "")),
    **dict.fromkeys(("os.kill", "os.killpg", "signal.pthread_kill"), ("send a signal to", _first)),
    **dict.fromkeys(("resource.setrlimit", "resource.prlimit"), ("change a resource limit", lambda _: "")),
    **dict.fromkeys(("syslog.openlog", "syslog.syslog"), ("write to the system's log", lambda _: "")),
    **dict.fromkeys(("smtplib.connect", "smtplib.send"), ("send mail by smtplib", lambda _: "")),
    **dict.fromkeys(("ftplib.connect", "imaplib.open", "poplib.connect", "nntplib.connect"), ("connect to", _address)),
    **dict.fromkeys(("http.client.send", "webbrowser.open"), ("send an HTTP request", lambda _: "")),
    **dict.fromkeys(("http.client.connect", "socket.connect"), ("connect to", _address)),
    **dict.fromkeys(("socket.sendto", "socket.sendmsg"), ("send to", _address)),
    "socket.bind": ("listen on", _address),
    "urllib.Request": ("ask", _first),
    **dict.fromkeys(("socket.getaddrinfo", "socket.gethostbyname"), ("look up", _first)),
}

_SILENT: tuple[tuple[str, str, str], ...] = (  # functions that raise no audit event
    ("os", "mkfifo", "make the pipe"),
    ("os", "mknod", "make the node"),
    ("os", "setpriority", "change a priority"),
    ("os", "sched_setaffinity", "change a process"),
    ("os", "sched_setparam", "change a process"),
    ("os", "sched_setscheduler", "change a process"),
    ("signal", "pidfd_send_signal", "send a signal to"),
    ("_posixshmem", "shm_open", "open the shared memory"),
    ("_posixshmem", "shm_unlink", "remove the shared memory"),
    ("_posixsubprocess", "fork_exec", "start the process"),
)


def _is_near(host: str | bytes) -> bool:
    """Return whether no name server is asked for it."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return name == "localhost" or set(name) <= set("0123456789abcdefABCDEF:.%")


class Airlock:
    """What is refused, and what was.

    Attributes:
        log: what was refused, in words, in order; whoever asks takes note of its length before.
    """

    def __init__(self) -> None:
        self.log: list[str] = []
        self._lets = threading.local()

    def close(self) -> None:
        """Refuse from now on: for good, an audit hook cannot be taken away."""
        sys.dont_write_bytecode = True
        for module, name, what in _SILENT:
            self._replace(module, name, what)
        with contextlib.suppress(ImportError, ValueError, OSError):
            import resource  # which Windows lacks

            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        sys.addaudithook(self.watch)

    def watch(self, event: str, args: tuple[Any, ...]) -> None:
        """Refuse what leaves the process.

        Raises:
            Refused: it does.
        """
        if event == "open":
            path, _, flags = (*args, None, None, 0)[:3]
            if isinstance(flags, int) and flags & WRITE and not isinstance(path, int) and path != os.devnull:
                self.refuse(f"write {path!r}")
        elif event == "socket.getaddrinfo" and (not args[0] or _is_near(args[0])):
            return
        elif event in _SAY and not getattr(self._lets, "out", False):
            verb, told = _SAY[event]
            self.refuse(verb + told(args))

    def refuse(self, what: str) -> None:
        """Take note of it and refuse it.

        Raises:
            Refused: always.
        """
        self.log.append(what[:LENGTH])
        raise Refused(f"keck's probe refuses: {what[:LENGTH]}")

    @contextlib.contextmanager
    def let_out(self) -> Iterator[None]:
        """Let this thread connect: for a database's driver."""
        before = getattr(self._lets, "out", False)
        self._lets.out = True
        try:
            yield
        finally:
            self._lets.out = before

    def _replace(self, module: str, name: str, what: str) -> None:
        with contextlib.suppress(ImportError):
            found = vars(__import__(module))
            if name in found:
                found[name] = lambda *args, **_: self.refuse(what + _first(args))
