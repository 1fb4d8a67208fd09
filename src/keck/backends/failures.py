"""What it means that a database could not be asked: it says no, or nobody is there."""

from __future__ import annotations

import re
import socket
from typing import Any

from keck.backends.bounded import Said, Told, sentence


def said(error: Any, engine: Any, told: Told) -> Said:  # noqa: ANN401 - SQLAlchemy is the app's
    """Return the answer that the failure of a connection or a statement is.

    Args:
        error: a `sqlalchemy.exc.DBAPIError` or an `OSError`.
        engine: the app's.
        told: how much time is left, and whether there was an answer already.
    """
    original = getattr(error, "orig", None) or error
    text = re.sub(r"\s*Is the server running on that host .*$", "", sentence(original))
    return Said("refuses" if told.state or _refuses(original, engine, told) else "unreachable", text)


def _refuses(error: Any, engine: Any, told: Told) -> bool:  # noqa: ANN401 - a driver's
    if engine.dialect.name == "sqlite":
        return True
    if isinstance(error, TimeoutError):
        return False
    if getattr(error, "sqlstate", None) or getattr(error, "pgcode", None):
        return True
    if engine.dialect.driver in {"psycopg", "psycopg2"}:
        return "FATAL" in str(error)
    code = error.args[0] if error.args else None
    if engine.dialect.name in {"mysql", "mariadb"} and isinstance(code, int):
        return not 2000 <= code < 3000  # those are the client's own
    return _listens(engine.url.host, engine.url.port, told)


def _listens(host: str | None, port: int | None, told: Told) -> bool:
    """Whether a connection to the port is taken."""
    try:
        with socket.create_connection((host or "localhost", port or 0), timeout=told.left()):
            return True
    except OSError:
        return False
