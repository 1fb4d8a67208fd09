"""A connection of our own to a database of the app, with the app's own settings, that cannot write.

The app's pool stays as it is: none of its connections is taken, and its listeners do not run. Only SQLite in memory
is there on the app's own connection alone: that one is borrowed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from keck.backends import failures, sqlite
from keck.backends.bounded import Said, Told

READ_ONLY: dict[str, tuple[str, ...]] = {
    "postgresql": (
        "SET TRANSACTION READ ONLY",
        "SET LOCAL statement_timeout = {milliseconds}",
        "SET LOCAL lock_timeout = {milliseconds}",
    ),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION max_execution_time = {milliseconds}"),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION max_statement_time = {seconds}"),
    "oracle": ("SET TRANSACTION READ ONLY",),
}
"""What a new connection is told first, by dialect."""

LIMITS: dict[str, tuple[str, ...]] = {
    "psycopg": ("connect_timeout",),
    "psycopg2": ("connect_timeout",),
    "pg8000": ("timeout",),
    "pymysql": ("connect_timeout", "read_timeout"),
    "mysqldb": ("connect_timeout", "read_timeout"),
    "mysqlconnector": ("connection_timeout",),
    "mariadbconnector": ("connect_timeout",),
    "pyodbc": ("timeout",),
    "pymssql": ("login_timeout", "timeout"),
    "oracledb": ("tcp_connect_timeout",),
}
"""The arguments by which drivers take time limits, in seconds."""


@contextmanager
def opened(engine: Any, told: Told) -> Iterator[Any]:  # noqa: ANN401 - SQLAlchemy is the app's
    """Yield a connection to the engine's database.

    Args:
        engine: the app's.
        told: how much time is left; gets the facts ``memory``, ``read_only`` and ``wal_unread``.

    Raises:
        Said: it cannot be had, or a statement failed in it.
    """
    import sqlalchemy
    from sqlalchemy import exc
    from sqlalchemy.pool import NullPool

    if engine.dialect.is_async:
        raise Said("skipped", "its driver is asynchronous")
    creator = sqlite.creator(engine, told) if engine.dialect.name == "sqlite" else None
    own = sqlalchemy.create_engine(engine.url, creator=creator or limited(engine, told), poolclass=NullPool)
    try:
        with own.connect() as connection:
            milliseconds = math.ceil(told.left() * 1000)
            for statement in READ_ONLY.get(engine.dialect.name, ()):
                text = statement.format(milliseconds=milliseconds, seconds=milliseconds / 1000)
                connection.execute(sqlalchemy.text(text))
            yield connection
    except (exc.DBAPIError, OSError) as error:
        raise failures.said(error, engine, told) from error


def limited(engine: Any, told: Told) -> Callable[[], Any]:  # noqa: ANN401 - SQLAlchemy is the app's
    """Return what connects as the app does, `connect_args` and listeners for `do_connect` (tokens) included.

    The driver's time limits are set to what is left of ours. What the project makes connections with itself
    (`creator`) is called as it is.
    """
    made = vars(engine.pool).get("_creator_arg")
    if getattr(made, "__module__", "") != "sqlalchemy.engine.create":
        return lambda: engine.pool._invoke_creator(None)  # noqa: SLF001 - takes creators with and without argument
    return lambda: _connect(engine, made, told)


def _connect(engine: Any, made: Any, told: Told) -> Any:  # noqa: ANN401 - SQLAlchemy is the app's
    dialect = engine.dialect
    cells = dict(zip(made.__code__.co_freevars, (one.cell_contents for one in made.__closure__), strict=True))
    usual = dialect.create_connect_args(engine.url)
    arguments, named = list(cells.get("cargs_tup", usual[0])), dict(cells.get("cparams", usual[1]))
    limit = math.ceil(told.left())
    named |= dict.fromkeys(LIMITS.get(dialect.driver, ()), limit)
    for listener in dialect.dispatch.do_connect:
        connection = listener(dialect, None, arguments, named)
        if connection is not None:
            return connection
    return dialect.connect(*arguments, **named)
