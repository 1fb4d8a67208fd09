"""A stand-in for a database server: SQLite in memory that has every table, all empty, and takes any statement.

A server has been migrated when the app is started against it. So a table that is missing is made as its model says, and
what SQLite does not understand (extensions, locks, types and functions of PostgreSQL) is answered with no rows.
"""

# ruff: noqa: ANN401 - objects of SQLAlchemy are what they are

from __future__ import annotations

import gc
import json
import re
import sqlite3
import sys
import types
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

_MISSING = re.compile(r"no such table: (?:\w+\.)?(?P<name>.+)")
_CREATE = re.compile(r'\s*CREATE TABLE (?:IF NOT EXISTS )?(?:"?\w+"?\.)?"?(?P<name>\w+)"?', re.IGNORECASE)
_CAST = re.compile(
    r"::\s*\"?[a-zA-Z_]\w*\"?(?: varying| precision| with(?:out)? time zone)?(?:\(\d+(?:, *\d+)?\))?(?:\[\])*"
)
_PLAIN = (str, bytes, int, float, type(None))


class Connection(sqlite3.Connection):
    """A connection that is not closed, because several engines share it; `dialect` is SQLAlchemy's."""

    dialect: Any = None

    def cursor(self, *args: Any, **options: Any) -> Any:
        """Return a cursor that takes any statement."""
        return super().cursor(*(args or (Cursor,)), **options)

    def close(self) -> None:
        """Roll back what is not committed."""
        self.rollback()


class Cursor(sqlite3.Cursor):
    """Executes what SQLite understands, and answers with no rows what it does not."""

    def execute(self, sql: Any, parameters: Any = ()) -> Cursor:
        """Execute a statement.

        Raises:
            IntegrityError: as a server would.
        """
        return self._done(super().execute, sql, parameters)

    def executemany(self, sql: Any, parameters: Any) -> Cursor:
        """Execute a statement many times.

        Raises:
            IntegrityError: as a server would.
        """
        return self._done(super().executemany, sql, list(parameters), _many)

    async def _async_soft_close(self) -> None:
        """Do nothing: SQLAlchemy asks this of the cursors of async drivers."""

    def _done(self, run: Callable[[Any, Any], Any], sql: Any, given: Any, plain: Any = None) -> Cursor:
        made: set[str] = set()
        while True:
            try:
                run(sql, given)
            except sqlite3.IntegrityError:
                raise
            except (sqlite3.Error, TypeError, ValueError, OverflowError) as error:
                missing = _MISSING.search(str(error))
                if missing and missing["name"] not in made:
                    made.add(missing["name"])
                    self._make(missing["name"])
                elif isinstance(sql, str) and _CAST.search(sql):
                    sql = _CAST.sub("", sql)
                elif "no such" not in str(error) and (simple := (plain or _one)(given)) != given:
                    given = simple
                else:
                    break
            else:
                return self
        created = _CREATE.match(sql) if isinstance(sql, str) else None
        if created is None or not self._make(created["name"]):
            super().execute("SELECT NULL WHERE 0")
        return self

    def _make(self, name: str) -> bool:
        """Make a table as its model says, else with its columns alone; return whether there is such a model."""
        for table in _tables(name):
            for statement in _statements(table, vars(self.connection)["dialect"]):
                try:
                    super().execute(statement)
                except sqlite3.Error:
                    continue
                return True
        return False


def connection(where: str = ":memory:") -> Connection:
    """Return a connection to a new database in memory that has what servers have: a clock, and UUIDs."""
    made: Connection = sqlite3.dbapi2.Connection.__new__(Connection)
    Connection.__init__(made, where, check_same_thread=False)
    for name in ("now", "getdate", "sysdate", "utc_timestamp"):
        made.create_function(name, 0, lambda: datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"))
    for name in ("gen_random_uuid", "uuid_generate_v4", "uuid"):
        made.create_function(name, 0, lambda: str(uuid.uuid4()))
    return made


def lenient(dialect: Any) -> None:
    """Let a dialect of SQLite render types and constraints that it does not know, and leave schemas out."""
    compiler = vars(dialect).get("type_compiler_instance") or dialect.type_compiler
    compiler.__class__ = _knowing(type(compiler), lambda *_, **__: "TEXT")
    dialect.ddl_compiler = _knowing(dialect.ddl_compiler, lambda *_, **__: None)
    dialect.identifier_preparer.omit_schema = True
    dialect.identifier_preparer.schema_for_object = lambda _: None


def awaited(engine: Any) -> None:
    """Let an engine serve an async one, which insists that every statement is waited for."""
    import asyncio

    engine.dialect.is_async = True
    await_only = vars(sys.modules["sqlalchemy.util.concurrency"])["await_only"]

    def wait(*_: Any) -> None:
        await_only(asyncio.sleep(0))

    vars(sys.modules["sqlalchemy.event"])["listen"](engine, "before_cursor_execute", wait)


def _knowing(kind: Any, answer: Callable[..., Any]) -> Any:
    """Return a compiler's class that has an answer to whatever it is to visit."""

    def missing(_: Any, name: str) -> Any:
        if name.startswith("visit_"):
            return answer
        raise AttributeError(name)

    return types.new_class(kind.__name__, (kind,), exec_body=lambda names: names.update(__getattr__=missing))


def _tables(name: str) -> Iterable[Any]:
    """Return the tables of that name that any model or metadata has."""
    kind: Any = vars(sys.modules["sqlalchemy"])["MetaData"]
    every = [one for one in gc.get_objects() if issubclass(type(one), kind)]
    return [table for one in every for table in list(one.tables.values()) if table.name == name]


def _statements(table: Any, dialect: Any) -> Iterable[str]:
    """Yield what makes a table: with all that its model says, else with its columns alone."""
    with suppress(Exception):  # a type of the project's own may raise anything
        yield str(vars(sys.modules["sqlalchemy.schema"])["CreateTable"](table).compile(dialect=dialect))
    keys = list(table.primary_key.columns)
    alone = keys[0] if len(keys) == 1 and "INT" in str(keys[0].type.__visit_name__).upper() else None
    columns = ", ".join(f'"{one.name}"' + (" INTEGER PRIMARY KEY" if one is alone else "") for one in table.columns)
    yield f'CREATE TABLE "{table.name}" ({columns})'


def _one(given: Any) -> Any:
    """Return parameters with what SQLite cannot hold as text."""
    if isinstance(given, dict):
        return {key: _value(one) for key, one in given.items()}
    return tuple(map(_value, given)) if isinstance(given, list | tuple) else given


def _many(given: Any) -> Any:
    return [_one(one) for one in given]


def _value(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value if not isinstance(value, int) or -(2**63) <= value < 2**63 else str(value)
    return json.dumps(value, default=str) if isinstance(value, list | dict) else str(value)
