from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB, UUID, ExcludeConstraint, insert

from keck.proof.databases import Databases
from keck.proof.stand_in import connection

URL = "postgresql+psycopg://u:p@db/x"


@pytest.fixture
def engine() -> sa.Engine:
    """An engine for a server, as an app gets it."""
    made: sa.Engine = Databases([], "").engine(sa.create_engine, URL)
    return made


def _table(*columns: Any, name: str = "thing", schema: str | None = None) -> sa.Table:  # noqa: ANN401 - columns and constraints
    return sa.Table(name, sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *columns, schema=schema)


COLUMNS: dict[str, tuple[Callable[[], Any], Any]] = {
    "json": (lambda: sa.Column("x", JSONB), {"a": [1]}),
    "json with a default": (lambda: sa.Column("x", JSONB, server_default=sa.text("'{}'::jsonb")), {"a": 1}),
    "uuid": (lambda: sa.Column("x", UUID(as_uuid=True), server_default=sa.text("gen_random_uuid()")), uuid.uuid4()),
    "address": (lambda: sa.Column("x", INET), "10.0.0.1"),
    "clock": (lambda: sa.Column("x", sa.String, server_default=sa.text("now()")), "now"),
    "computed": (lambda: sa.Column("x", sa.String, server_default=sa.text("nextval('s') OVER 3")), "y"),
    "enumeration": (lambda: sa.Column("x", sa.Enum("a", "b", name="kinds")), "a"),
}


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("schema", [None, "sales"])
def test_types_of_servers_are_held(engine: sa.Engine, kind: str, schema: str | None) -> None:
    """Tables with types, defaults and schemas that SQLite has not are made, and rows come back as they were."""
    column, value = COLUMNS[kind]
    table = _table(column(), schema=schema)
    table.metadata.create_all(engine)
    table.metadata.create_all(engine)
    with engine.begin() as held:
        held.execute(table.insert().values(x=value))
    with engine.connect() as held:
        assert held.execute(sa.select(table.c.id, table.c.x)).all() == [(1, value)]


def test_lists_are_held_as_text(engine: sa.Engine) -> None:
    """What SQLite cannot bind does not fail, one row at a time or many."""
    table = _table(sa.Column("x", ARRAY(sa.String)), ExcludeConstraint((sa.column("x"), "&&")))
    table.metadata.create_all(engine)
    with engine.begin() as held:
        held.execute(table.insert(), [{"x": ["a"]}, {"x": ["b"]}])
        held.execute(table.insert().values(x=["c"]))
        held.exec_driver_sql("INSERT INTO thing (x) VALUES (?)", (2**70,))
        held.exec_driver_sql("INSERT INTO thing (x) VALUES (:x)", {"x": {"a": uuid.UUID(int=1)}})
        found = held.exec_driver_sql("SELECT x FROM thing").scalars().all()
    assert [json.loads(one) for one in found[:3]] == [["a"], ["b"], ["c"]]
    assert found[3:] == [str(2**70), '{"a": "00000000-0000-0000-0000-000000000001"}']


def test_a_table_that_is_missing_is_there(engine: sa.Engine) -> None:
    """A server has been migrated: its tables are there and empty, also below another schema and in raw statements."""
    table = _table(sa.Column("name", sa.String), name="arrival")
    with engine.begin() as held:
        assert held.execute(table.select()).all() == []
        held.execute(table.insert().values(name="x"))
        assert held.execute(sa.text("SELECT name FROM arrival")).scalar() == "x"
        assert held.execute(sa.text("SELECT name FROM sales.arrival")).all() == []


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"',
        "SELECT pg_advisory_lock(1)",
        "SET search_path TO sales",
        "SELECT * FROM nowhere",
        "CREATE TABLE nowhere (x int, EXCLUDE USING gist (x WITH &&))",
        "LISTEN orders",
        "SELECT 1 FROM pg_database WHERE datname = 'x'",
        "SELECT '{}'::jsonb ->> 'a'",
    ],
)
def test_what_sqlite_does_not_understand_is_answered_with_no_rows(engine: sa.Engine, statement: str) -> None:
    """No statement fails because the stand-in is no server."""
    with engine.begin() as held:
        result = held.execute(sa.text(statement))
        assert not result.returns_rows or result.scalar() is None


def test_rows_that_a_server_would_refuse_are_refused(engine: sa.Engine) -> None:
    """An app that seeds its database twice meets the same error as ever."""
    table = _table(sa.Column("name", sa.String, unique=True))
    table.metadata.create_all(engine)
    with engine.begin() as held:
        held.execute(insert(table).values(name="x").on_conflict_do_nothing())
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as held:
        held.execute(table.insert().values(name="x"))


def test_functions_of_servers_are_there(engine: sa.Engine) -> None:
    """The clock and UUIDs are asked for by their names."""
    with engine.connect() as held:
        assert str(held.execute(sa.text("SELECT now()")).scalar()).startswith("2")
        assert uuid.UUID(held.execute(sa.text("SELECT gen_random_uuid()")).scalar())


def test_a_type_of_the_projects_own_may_not_compile(engine: sa.Engine) -> None:
    """Then the table has its columns alone, without types; a key that is no number is one of them."""

    class Own(sa.types.UserDefinedType[Any]):
        def get_col_spec(self, **_: object) -> str:
            raise RuntimeError

    table = sa.Table("odd_thing", sa.MetaData(), sa.Column("id", sa.String, primary_key=True), sa.Column("x", Own()))
    with engine.begin() as held:
        assert held.execute(sa.text("SELECT id, x FROM odd_thing")).all() == []
        assert held.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0


def test_the_connection_is_shared_and_stays() -> None:
    """Two engines of one URL see one database, also after one of them is disposed of; another URL has another."""
    databases = Databases([], "")
    one, two, other = (databases.engine(sa.create_engine, url) for url in (URL, URL, f"{URL}y"))
    with one.begin() as held:
        held.execute(sa.text("CREATE TABLE x (y)"))
    one.dispose()
    with two.connect() as held:
        assert held.execute(sa.text("SELECT name FROM sqlite_master")).scalar() == "x"
    with other.connect() as held:
        assert held.execute(sa.text("SELECT name FROM sqlite_master")).scalar() is None


def test_a_compiler_has_only_what_visitors_ask_for(engine: sa.Engine) -> None:
    """Other names stay missing, as SQLAlchemy asks for some of them."""
    compiler: Any = engine.dialect.type_compiler_instance
    assert compiler.visit_whatever(None) == "TEXT"
    assert not hasattr(compiler, "whatever")


def test_a_cursor_may_be_another(engine: sa.Engine) -> None:
    """Whoever names a class of cursors gets it."""
    held = connection()
    assert type(held.cursor(sqlite3.Cursor)) is sqlite3.Cursor
    sqlite3.Connection.close(held)
    assert engine.dialect.name == "sqlite"
