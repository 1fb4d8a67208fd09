"""Databases of the child: new connections, for reading alone, and no statement that takes long.

What SQLAlchemy is told to execute is looked at first, so that a refusal names it. The session of the server
is read-only below that; SQLite is opened read-only. This holds for every engine of SQLAlchemy, also for one that
is made during a request, for connections of psycopg and psycopg2, and for `sqlite3`.

Out of reach: functions with effects that PostgreSQL allows in a read-only transaction (`pg_terminate_backend`), and
drivers in C other than those, used past SQLAlchemy.
"""

# ruff: noqa: ANN401, SLF001 - objects of the app and its libraries are what they are

from __future__ import annotations

import contextlib
import gc
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from keck.probe.airlock import Airlock

_READS = {"SELECT", "WITH", "VALUES", "SHOW", "EXPLAIN", "PRAGMA", "DESCRIBE", "DESC", "TABLE", "USE"}
_FRAME = {"BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "END", "SET"}
_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306}


def read_only(airlock: Airlock, each: float) -> None:
    """Let every database be read, and nothing else."""
    timeout = max(100, int(each * 800))
    with contextlib.suppress(ImportError):
        _sqlite(airlock)
    if "psycopg.generators" in sys.modules:
        _psycopg(sys.modules["psycopg.generators"], timeout)
    if "psycopg2" in sys.modules:
        _psycopg2(sys.modules["psycopg2"], timeout)
    if "sqlalchemy" in sys.modules:
        _sqlalchemy(airlock, timeout)


def ports() -> frozenset[int] | None:
    """Return the TCP ports of the databases of every engine; None where they cannot be known."""
    found = set()
    engine = _class("sqlalchemy.engine.base", "Engine")
    for one in gc.get_objects() if engine is not None else ():
        if type(one) is engine:
            port = one.url.port or _PORTS.get(one.dialect.name)
            if one.dialect.name != "sqlite" and (port is None or "port" in one.url.query or "service" in one.url.query):
                return None
            found |= {port} if port else set()
    return frozenset(found)


def statements(dialect: str, timeout: int) -> tuple[str, ...]:
    """Return what makes a session read-only; empty where that is not known."""
    if dialect == "postgresql":
        return ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", f"SET statement_timeout = {timeout}")
    if dialect in {"mysql", "mariadb"}:
        return ("SET SESSION TRANSACTION READ ONLY",)
    return ("PRAGMA query_only = 1",) if dialect == "sqlite" else ()


def writes(statement: str) -> bool:
    """Return whether a statement is not known to do nothing but read."""
    words = statement.lstrip("( \t\r\n;").upper().split(None, 12)
    while words and words[0].startswith("/*"):
        rest = " ".join(words).partition("*/")[2]
        words = rest.split(None, 12)
    if not words:
        return False
    first = words[0].rstrip(";(")
    return first not in _READS | _FRAME or (first in {"SET", "START", "BEGIN"} and "WRITE" in statement.upper().split())


def _sqlalchemy(airlock: Airlock, timeout: int) -> None:
    from sqlalchemy import event, exc
    from sqlalchemy.engine import Engine
    from sqlalchemy.pool import Pool

    pid = os.getpid()

    @event.listens_for(Engine, "do_connect")
    def connect(dialect: Any, _: Any, args: Any, options: Any) -> Any:
        if not statements(dialect.name, timeout):
            airlock.refuse(f"use a database of {dialect.name}: it cannot be made read-only")
        with airlock.let_out():
            return dialect.connect(*args, **options)

    @event.listens_for(Pool, "connect")
    def made(_: Any, record: Any) -> None:
        record.info["keck"] = pid

    @event.listens_for(Pool, "checkout")
    def checkout(connection: Any, record: Any, proxy: Any) -> None:
        if record.info.get("keck") != pid and not type(connection).__module__.startswith("sqlite3"):
            record.dbapi_connection = proxy.dbapi_connection = None
            raise exc.DisconnectionError("this connection is the parent's")

    @event.listens_for(Engine, "engine_connect")
    def begin(connection: Any, *_: Any) -> None:
        info = connection.info
        if info.get("keck read-only") != pid:
            raw = connection.connection.dbapi_connection
            cursor = raw.cursor()
            for statement in statements(connection.dialect.name, timeout):
                cursor.execute(statement)
            cursor.close()
            raw.commit()
            info["keck read-only"] = pid

    @event.listens_for(Engine, "before_cursor_execute")
    def execute(_: Any, __: Any, statement: str, *___: Any) -> None:
        if writes(statement):
            airlock.refuse(f"execute {' '.join(statement.split())}")


def _psycopg(module: Any, timeout: int) -> None:
    real = module.connect
    sql = "; ".join(statements("postgresql", timeout)).encode()

    def connect(*args: Any, **options: Any) -> Any:
        made = yield from real(*args, **options)
        made.exec_(sql)
        return made

    module.connect = connect


def _psycopg2(module: Any, timeout: int) -> None:
    real = module._connect

    def connect(*args: Any, **options: Any) -> Any:
        made = real(*args, **options)
        cursor = made.cursor()
        for statement in statements("postgresql", timeout):
            cursor.execute(statement)
        made.commit()
        return made

    module._connect = connect


def _sqlite(airlock: Airlock) -> None:
    import sqlite3

    real = sqlite3.connect

    def connect(database: Any, *args: Any, **options: Any) -> Any:
        where = os.fsdecode(database) if isinstance(database, str | bytes | os.PathLike) else ""
        uri = bool(options.get("uri", args[6] if len(args) > 6 else False))
        if where in {"", ":memory:"} or (uri and where.startswith("file:")):
            return real(database, *args, **options)
        if not Path(where).is_file():
            airlock.refuse(f"make the database {where!r}")
        address = f"file:{quote(str(Path(where).absolute()))}?mode=ro" + ("&immutable=1" if _is_still(where) else "")
        return real(address, *args[:6], **{**options, "uri": True})

    for module in (sqlite3, sqlite3.dbapi2):
        vars(module)["connect"] = connect


def _is_still(path: str) -> bool:
    """Return whether a database in WAL mode has no log: nobody writes, but to read it SQLite would make files."""
    with Path(path).open("rb") as file:
        wal = file.read(20)[18:20] == b"\2\2"
    log = Path(f"{path}-wal")
    return wal and not (log.exists() and log.stat().st_size)


def _class(module: str, name: str) -> Any:
    found = sys.modules.get(module)
    return vars(found).get(name) if found is not None else None
