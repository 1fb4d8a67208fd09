"""The database: reads in autocommit, writes in units of work, times with zones."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from uuid import UUID

import pytest
from apiflask import APIFlask
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import StatementError

from shop import database
from shop.database import Moment
from shop.database import engine_options
from shop.database import now
from shop.database import unit_of_work
from shop.extensions import db
from shop.models import Item
from shop.models import LoginSession
from shop.models import User

from tests.goods import add_items
from tests.people import add_user


@pytest.fixture(autouse=True)
def _context(app: APIFlask) -> Iterator[None]:
    """Every test is inside of an app."""
    with app.app_context():
        yield


@pytest.fixture
def begun() -> Iterator[list[str]]:
    """What transactions begin, are committed and rolled back while the test runs."""
    seen: list[str] = []
    listeners = {name: (lambda *_, name=name: seen.append(name)) for name in ("begin", "commit", "rollback")}
    for name, listener in listeners.items():
        event.listen(db.engine, name, listener)
    yield seen
    for name, listener in listeners.items():
        event.remove(db.engine, name, listener)


def item(price: int = 1) -> Item:
    """A new item."""
    return Item(name="x", category="x", price=price)


def count() -> int:
    """How many items there are."""
    return db.session.scalars(select(func.count()).select_from(Item)).one()


def test_reading_begins_no_transaction_that_writes(app: APIFlask, begun: list[str]) -> None:
    """A read is in autocommit: another connection can write while its session is open."""
    add_items(app, 1)
    begun.clear()
    assert count() == 1
    with db.engine.connect() as other, other.begin():
        other.execute(
            insert(Item).values(name="x", description="", category="x", price=2, created_at=now(), updated_at=now())
        )
    assert count() == 2


def test_a_unit_of_work_is_committed_as_a_whole() -> None:
    """What was added is there for everybody once the unit is over."""
    with unit_of_work(db) as work:
        work.add(item())
        work.execute(insert(Item).values(name="y", category="x", price=2))
    db.session.remove()
    assert count() == 2


def test_a_unit_of_work_that_fails_leaves_nothing() -> None:
    """An exception undoes everything, also what was flushed."""

    def fail() -> None:
        with unit_of_work(db) as work:
            work.add(item())
            work.flush()
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        fail()
    assert count() == 0


def test_after_a_unit_of_work_the_session_reads_again() -> None:
    """It can be written in again, and not outside."""
    for _ in range(2):
        with unit_of_work(db) as work:
            work.add(item())
    assert count() == 2
    with pytest.raises(RuntimeError, match="outside"):
        db.session.execute(delete(Item))


def test_units_of_work_do_not_nest() -> None:
    """One inside the other is refused: it would commit half of the outer one."""
    with unit_of_work(db), pytest.raises(RuntimeError, match="open already"), unit_of_work(db):
        pass


def test_rows_are_not_changed_outside(app: APIFlask) -> None:
    """Neither by statements nor by objects, and nothing of it is written by the next unit of work."""
    (item_id,) = add_items(app, 1)
    with pytest.raises(RuntimeError, match="outside"):
        db.session.execute(text("DELETE FROM items"))
    found = db.session.get_one(Item, item_id)
    found.price = 2
    with pytest.raises(RuntimeError, match="outside"):
        db.session.commit()
    with unit_of_work(db) as work:
        assert work.get_one(Item, item_id).price == 1


def test_decisions_rest_on_what_the_transaction_sees(app: APIFlask) -> None:
    """An object that was read before is read again inside of a unit of work."""
    (item_id,) = add_items(app, 1)
    before = db.session.get_one(Item, item_id)
    with app.app_context(), unit_of_work(db) as work:
        work.get_one(Item, item_id).price = 2
    with unit_of_work(db):
        assert before.price == 2


def test_objects_can_be_read_after_the_commit() -> None:
    """What a unit of work has made can be shown without another query."""
    with unit_of_work(db) as work:
        made = item(price=7)
        work.add(made)
    assert (made.price, made.id) == (7, 1)


def test_core_connections_are_not_touched() -> None:
    """A session that is bound to a connection keeps it: migrations and tests do that."""
    with db.engine.connect() as connection:
        session = db.session.session_factory(binds={Item: connection})
        assert session.get_bind(mapper=Item, bind=connection) is connection
        session.close()


def test_sqlite_is_set_up_for_a_server() -> None:
    """Write-ahead log, and foreign keys that hold."""
    pragmas = {
        name: db.session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
        for name in ("journal_mode", "foreign_keys")
    }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}


def test_foreign_keys_hold(app: APIFlask) -> None:
    """No session without a user, and none left over after one."""
    moment = now()
    with pytest.raises(IntegrityError), unit_of_work(db) as work:
        work.execute(insert(LoginSession).values(user_id=UUID(int=1), token_hash="x", expires_at=moment))
    user_id = add_user(app)
    with unit_of_work(db) as work:
        work.add(LoginSession(user_id=user_id, token_hash="x", expires_at=moment))
    with unit_of_work(db) as work:
        work.execute(delete(User).where(User.id == user_id))
        assert work.scalars(select(LoginSession)).all() == []


def test_two_writers_wait_for_each_other(app: APIFlask) -> None:
    """A unit of work takes SQLite's write lock when it begins, so that it never fails half-way."""
    with unit_of_work(db) as work:
        work.connection()
        other = sqlite3.connect(db.engine.url.database or "", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    add_items(app, 1)


def test_other_databases_are_left_alone() -> None:
    """The listeners for SQLite let other drivers be."""
    postgres = engine_options("postgresql+psycopg://localhost/goods", 7)
    assert postgres["pool_size"] == 7
    assert "statement_timeout=15000" in postgres["connect_args"]["options"]
    assert "pool_size" not in engine_options("sqlite:///x.db", 7)
    database._tune_sqlite(object(), None)  # noqa: SLF001 - as SQLAlchemy calls it


def test_errors_do_not_quote_what_was_stored(app: APIFlask) -> None:
    """What an error says gets into the log: the statement may, the values in it may not."""
    add_user(app, "ann@example.com")
    with pytest.raises(IntegrityError) as caught, unit_of_work(db) as work:
        work.add(User(email="ann@example.com", password_hash="the hash"))
    assert "INSERT INTO users" in str(caught.value)
    assert "the hash" not in str(caught.value)


def test_times_are_kept_in_utc_with_their_zone() -> None:
    """A time of any zone comes back as the same moment, in UTC; one without a zone is refused."""
    east = timezone(timedelta(hours=2))
    with unit_of_work(db) as work:
        made = item()
        made.created_at = datetime(2030, 1, 1, 1, 30, tzinfo=east)
        work.add(made)
    db.session.remove()
    found = db.session.scalars(select(Item.created_at)).one()
    assert found == made.created_at
    assert found.tzinfo is UTC
    made = item()
    made.created_at = datetime(2030, 1, 1)  # noqa: DTZ001 - that is the fault
    with pytest.raises(StatementError, match="without a zone"), unit_of_work(db) as work:
        work.add(made)


def test_no_time_stays_no_time() -> None:
    """None is None in both directions, and a time that has its zone keeps it."""
    moment, dialect = now(), sqlite.dialect()
    kind = Moment()
    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None
    assert kind.process_result_value(moment, dialect) is moment
