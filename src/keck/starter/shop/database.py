"""The database: sessions that read without a transaction and write in one.

A request reads in autocommit: no BEGIN and no ROLLBACK are sent around a SELECT, and nothing can be written. What
changes rows does it in one `unit_of_work()`, which is committed as a whole or not at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BoundSession
from sqlalchemy import Connection
from sqlalchemy import DateTime
from sqlalchemy import Dialect
from sqlalchemy import Engine
from sqlalchemy import MetaData
from sqlalchemy import TypeDecorator
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_WRITING = "writing"
_readers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()


class Base(DeclarativeBase):
    """What every model is made of. Constraints get names, so that revisions can drop them."""

    metadata = MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """A point in time, aware and in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC; a naive one is refused with a ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's naive times back their zone."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def now() -> datetime:
    """The present time, aware, in UTC."""
    return datetime.now(UTC)


class ReadFirstSession(BoundSession):
    """A session that reads in autocommit until `unit_of_work()` opens it for writing."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:  # noqa: ANN401 - SQLAlchemy's signature
        """The engine to write with, or its autocommit view on the same pool."""
        engine = super().get_bind(*args, **kwargs)
        if self.info.get(_WRITING) or not isinstance(engine, Engine):
            return engine
        reader = _readers.get(engine)
        if reader is None:
            reader = _readers[engine] = engine.execution_options(isolation_level="AUTOCOMMIT")
        return reader


@contextmanager
def unit_of_work(db: SQLAlchemy) -> Iterator[Session]:
    """Open the request's session for writing: committed at the end, rolled back when anything is raised.

    What was read before is read again inside, so that decisions rest on what the transaction sees.

    Raises:
        RuntimeError: a unit of work is open already; pass its session on instead.
    """
    session = db.session()
    if session.info.get(_WRITING):
        raise RuntimeError("a unit of work is open already: pass its session on")
    session.rollback()
    session.info[_WRITING] = True
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[_WRITING] = False


@event.listens_for(ReadFirstSession, "before_flush")
def _refuse_flush(session: Session, *_: object) -> None:
    if not session.info.get(_WRITING):
        raise RuntimeError("rows are changed outside unit_of_work()")


@event.listens_for(ReadFirstSession, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if not state.is_select and not state.session.info.get(_WRITING):
        raise RuntimeError("rows are changed outside unit_of_work()")


def engine_options(url: str, pool_size: int) -> dict[str, Any]:
    """What `SQLALCHEMY_ENGINE_OPTIONS` holds for the database at `url`.

    Every statement is bounded: 5 s to get a connection, 5 s to connect, 5 s to wait for a lock, 15 s to run. What goes
    wrong is logged without its parameters, among which are addresses and hashes of passwords.
    """
    if url.startswith("sqlite"):
        return {"pool_pre_ping": True, "hide_parameters": True, "connect_args": {"timeout": 5}}
    return {
        "pool_pre_ping": True,
        "hide_parameters": True,
        "pool_size": pool_size,
        "pool_timeout": 5,
        "pool_recycle": 1_800,
        "skip_autocommit_rollback": True,
        "connect_args": {"connect_timeout": 5, "options": "-c statement_timeout=15000 -c lock_timeout=5000"},
    }


@event.listens_for(Engine, "connect")
def _tune_sqlite(connection: object, _: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Take SQLite's write lock at once, so that a reader that turns writer never fails with "database is locked"."""
    options = connection.get_execution_options()
    if connection.dialect.name == "sqlite" and options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
