"""Whether each database answers.

Facts:
    ``bind``: key of `SQLALCHEMY_BINDS`; empty for the default.
    ``dialect``, ``driver``: as SQLAlchemy calls them, ``postgresql`` and ``psycopg``.
    ``memory``: whether it is SQLite in memory.
    ``version``: of the server.
    ``query_seconds``: that a shortest query took once connected.
    ``read_only``: whether the connection that asked could not write (PostgreSQL, SQLite files); else None.
    ``replica``, ``max_connections``: PostgreSQL only.
    ``wal_unread``: SQLite only: a write-ahead log lies beside it that could not be read without writing.
    ``unfinished``: the time was up before all was known; also in the answers of other kinds.

Proven on PostgreSQL and SQLite. For MySQL, MariaDB, Oracle and SQL Server the time limits are passed as their drivers
document them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from keck.backends import addresses
from keck.backends.bounded import Question, Said, Told
from keck.backends.connecting import opened


def engines(app: Any) -> dict[str | None, Any]:  # noqa: ANN401 - Flask is the app's
    """Return the app's engines by bind; the default's key is None.

    Raises:
        Said: this version of Flask-SQLAlchemy keeps them elsewhere.
    """
    extension = app.extensions.get("sqlalchemy")
    if extension is None:
        return {}
    kept = vars(extension).get("_app_engines")
    if kept is None:
        raise Said("skipped", "this Flask-SQLAlchemy does not keep its engines as 3.0 and later do")
    return dict(kept.get(app) or {})


def questions(app: Any) -> Iterator[Question]:  # noqa: ANN401 - Flask is the app's
    """Yield a question for each bind, the default first."""
    try:
        found = engines(app)
    except Said as said:
        yield Question("database", "database", "", partial(_pass, said))
        return
    for bind, engine in sorted(found.items(), key=lambda one: one[0] or ""):
        where, secrets = addresses.database(engine.url)
        name = f'database of bind "{bind}"' if bind else "database"
        yield Question("database", name, where, partial(_ask, engine, bind or ""), secrets)


def _pass(said: Said, told: Told) -> None:
    _ = told
    raise said


def _ask(engine: Any, bind: str, told: Told) -> None:  # noqa: ANN401 - SQLAlchemy is the app's
    import sqlalchemy

    dialect = engine.dialect
    told.facts |= {"bind": bind, "dialect": dialect.name, "driver": dialect.driver, "memory": False}
    with opened(engine, told) as connection:
        began = time.monotonic()
        connection.execute(sqlalchemy.text(_SHORTEST.get(dialect.name, "SELECT 1")))
        told.facts["query_seconds"] = round(time.monotonic() - began, 4)
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
        told.facts["version"] = version
        told.state, told.detail = "answers", f"{_NAMES.get(dialect.name, dialect.name)} {version}".strip()
        if dialect.name == "postgresql":
            row = connection.execute(sqlalchemy.text(_POSTGRES)).one()
            told.facts |= {"read_only": row[0] == "on", "replica": bool(row[1]), "max_connections": int(row[2])}


_POSTGRES = "SELECT current_setting('transaction_read_only'), pg_is_in_recovery(), current_setting('max_connections')"
_SHORTEST = {
    "oracle": "SELECT 1 FROM DUAL",
    "sqlite": "SELECT count(*) FROM sqlite_master",  # it opens the file only for a statement that needs it
}
_NAMES = {
    "postgresql": "PostgreSQL",
    "sqlite": "SQLite",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "oracle": "Oracle",
    "mssql": "SQL Server",
}
