"""The server: `python -m shop.serve` runs as many workers as WORKERS says.

Because the number of workers is a setting, the settings can refuse what would only work in one process.
"""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

from granian.constants import HTTPModes
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from .settings import Settings
from .settings import load
from .signals import hear

GRACE_SECONDS = 30
"""How long a worker that is told to stop may take for the requests that it is answering."""

CONNECTIONS = 1_024
"""How many connections a worker holds, idle ones included; more wait."""
IDLE_SECONDS = 10
"""How long a connection may be silent, or take for the head of a request: others need its place."""


def server(settings: Settings) -> MPServer:
    """The server for these settings; `serve()` on it runs until SIGTERM or SIGINT."""
    return MPServer(
        target="wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.threads,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_SECONDS * 1_000),
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE_SECONDS,
        working_dir=Path(__file__).resolve().parent.parent,
    )


def refuse_taken_port(settings: Settings) -> None:
    """Leave when somebody listens there already: two servers would share the port, each with limits of its own.

    Raises:
        SystemExit: nothing can listen there; says why.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # what was closed a moment ago is free; on Windows this would take what is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
            probe.bind((settings.host, settings.port))
    except OSError as error:
        raise SystemExit(f"Cannot listen on {settings.host}:{settings.port} (HOST, PORT): {error.strerror}.") from None


def shared_metrics(settings: Settings, folder: str) -> dict[str, str]:
    """What must be in the environment for several processes to count together, in files of `folder`."""
    return {"PROMETHEUS_MULTIPROC_DIR": folder} if settings.workers > 1 else {}


def main() -> None:
    """Serve until told to stop."""
    settings = load()
    refuse_taken_port(settings)
    print(f"Serving on http://{settings.host}:{settings.port}, the documentation at /docs.", flush=True)
    with tempfile.TemporaryDirectory(prefix="shop-metrics-") as folder:
        os.environ.update(shared_metrics(settings, folder))
        hear()
        server(settings).serve()


if __name__ == "__main__":
    main()
