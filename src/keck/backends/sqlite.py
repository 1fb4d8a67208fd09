"""How a SQLite database is opened without a trace: no file is made, neither the database nor a journal."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from keck.backends.bounded import Said, Told

WAL = b"\x02\x02"
"""Bytes 18 and 19 of a file in write-ahead mode, https://sqlite.org/fileformat2.html."""


def creator(engine: Any, told: Told) -> Callable[[], Any] | None:  # noqa: ANN401 - SQLAlchemy is the app's
    """Return what opens the engine's database for reading; None where that is done as for any other database.

    Args:
        engine: the app's.
        told: how much time is left; gets the facts ``memory``, ``read_only`` and ``wal_unread``.

    Raises:
        Said: the file is not there.
    """
    path = file(engine.url)
    told.facts["memory"] = path is None
    if path is None:
        record = vars(engine.pool).get("connection")  # a StaticPool's only one, once it is made
        held = getattr(record, "dbapi_connection", None)
        return None if held is None else lambda: Borrowed(held)
    if not os.path.exists(path):  # noqa: PTH110 - as plain as the URL's text
        raise Said("missing", f"the file {path} is not there")
    if engine.dialect.driver != "pysqlite":
        return None
    told.facts["read_only"] = True
    options = "mode=ro"
    if _is_wal(path) and not os.path.exists(f"{path}-shm"):  # noqa: PTH110 - see above
        # Nobody has it open. To read it the usual way, files would be made beside it, and stay.
        options += "&immutable=1"
        told.facts["wal_unread"] = os.path.exists(f"{path}-wal")  # noqa: PTH110 - see above
    uri = f"{Path(path).absolute().as_uri()}?{options}"
    connect = engine.dialect.dbapi.connect
    return lambda: connect(uri, uri=True, timeout=told.left() / 2, check_same_thread=False)


def file(url: Any) -> str | None:  # noqa: ANN401 - SQLAlchemy is the app's
    """Return the file of a `sqlite://` URL, or None where the database is in memory."""
    name = str(url.database or "")
    if name in {"", ":memory:"} or url.query.get("mode") == "memory":
        return None
    if not name.startswith("file:"):
        return name
    path, _, options = name[len("file:") :].partition("?")
    if path.startswith("//"):
        path = "/" + path[2:].partition("/")[2]
    return None if path in {"", ":memory:"} or "mode=memory" in options.split("&") else unquote(path)


def _is_wal(path: str) -> bool:
    try:
        with open(path, "rb") as opened:  # noqa: PTH123 - see above
            return opened.read(20)[18:] == WAL
    except OSError:
        return False


class Borrowed:
    """The app's own connection, which may be in the midst of a transaction: it is neither ended nor closed.

    Args:
        connection: of `sqlite3`.
    """

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - of the app's driver
        self._connection = connection

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the driver has
        return getattr(self._connection, name)

    def rollback(self) -> None:
        """Leave the app's transaction open."""

    def commit(self) -> None:
        """Leave the app's transaction open."""

    def close(self) -> None:
        """Leave the app's connection open."""
