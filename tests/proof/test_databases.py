from __future__ import annotations

import asyncio
import importlib
import sqlite3
import sys
import types
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import sqlalchemy.engine.create
import sqlalchemy.ext.asyncio

from keck.proof import drivers
from keck.proof.afterwards import Afterwards
from keck.proof.databases import Databases, _shown, _whole

CONNECT = sqlite3.connect
URL = "postgresql+asyncpg://user:hidden@db.example/shop"


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    """Databases of a boot whose copy is the folder ``copy``."""
    (tmp_path / "copy").mkdir()
    return Databases([str(tmp_path / "copy")], str(tmp_path / "scratch"))


@pytest.fixture
def parted(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Databases:
    """The same, with all that is replaced in this process; it is put back afterwards."""
    for module in (sqlite3, sqlite3.dbapi2):
        monkeypatch.setattr(module, "connect", sqlite3.connect)
    for module in (sa, sa.engine, sqlalchemy.engine.create):
        monkeypatch.setattr(module, "create_engine", sa.create_engine)
    asynchronous = sys.modules["sqlalchemy.ext.asyncio.engine"]
    monkeypatch.setattr(asynchronous, "_create_engine", vars(asynchronous)["_create_engine"])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for name in ("alembic.command", "alembic.operations.base", *drivers.changes()):
        monkeypatch.delitem(sys.modules, name, raising=False)
    databases.part()
    return databases


def _file(path: Path, rows: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(CONNECT(path)) as connection:
        connection.execute("CREATE TABLE thing (id)")
        connection.executemany("INSERT INTO thing VALUES (?)", [(one,) for one in range(rows)])
        connection.commit()
    return path


def test_a_server_has_a_stand_in_that_tells_its_url(databases: Databases) -> None:
    """Options that only a driver understands do no harm, and are noted with the URL, without the password."""
    options = {"pool_size": 5, "connect_args": {"sslmode": "require"}, "isolation_level": "REPEATABLE READ"}
    engine = databases.engine(sa.create_engine, URL, future=True, **options)
    assert engine.url.host == "db.example"
    assert databases.made == [
        ("postgresql+asyncpg://user:***@db.example/shop", {"future": True, **options}),
    ]
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar() == 1


def test_every_way_to_an_engine_is_replaced(parted: Databases) -> None:
    """Config, an async engine, and names that other modules of SQLAlchemy have imported."""
    assert sa.engine_from_config({"sqlalchemy.url": URL, "sqlalchemy.pool_size": "3"}).dialect.name == "sqlite"
    assert sa.engine.create_engine(URL).dialect.name == "sqlite"
    engine = sqlalchemy.ext.asyncio.create_async_engine(URL, pool_size=3)

    async def ask() -> object:
        async with engine.connect() as connection:
            return (await connection.execute(sa.text("SELECT 2"))).scalar()

    assert asyncio.run(ask()) == 2
    assert len(parted.made) == 3


def test_a_file_in_the_copy_is_used_as_it_is(parted: Databases, tmp_path: Path) -> None:
    """So is a database in memory, with the options that it has."""
    path = _file(tmp_path / "copy" / "x.db")
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 3})
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM thing"))
    engine.dispose()
    with closing(CONNECT(path)) as held:
        assert held.execute("SELECT count(*) FROM thing").fetchone() == (0,)
    with sa.create_engine("sqlite://").connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar() == 1
    assert parted.made == []


@pytest.mark.parametrize("way", ["{path}", "file:{path}?cache=private", "file://{path}"])
@pytest.mark.usefixtures("parted")
def test_a_file_outside_is_copied(tmp_path: Path, way: str) -> None:
    """What is written to it does not reach the file, and who opens it again sees what was written."""
    path = _file(tmp_path / "outside" / "x.db", rows=2)
    name = way.format(path=path)
    for left in (1, 0):
        with closing(sqlite3.connect(name, uri=True)) as connection:
            connection.execute("DELETE FROM thing WHERE id = ?", [left])
            connection.commit()
            assert connection.execute("SELECT count(*) FROM thing").fetchone() == (left,)
    with closing(sqlite3.dbapi2.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        assert connection.execute("SELECT count(*) FROM thing").fetchone() == (0,)
    with closing(CONNECT(path)) as held:
        assert held.execute("SELECT count(*) FROM thing").fetchone() == (2,)
    assert Databases([str(tmp_path)], "").file(str(path), uri=False) == str(path)


def test_a_file_outside_that_is_not_there_is_made_elsewhere(parted: Databases, tmp_path: Path) -> None:
    """An app that makes its database makes it in the scratch folder."""
    with closing(sqlite3.connect(tmp_path / "none" / "x.db")) as connection:
        connection.execute("CREATE TABLE x (y)")
    assert not (tmp_path / "none").exists()
    assert parted.made == []


@pytest.mark.parametrize(("name", "uri"), [(":memory:", False), ("", False), ("file:x?mode=memory", True), (3, False)])
def test_what_is_no_file_is_left_alone(databases: Databases, name: object, uri: bool) -> None:
    """Databases in memory and what is no name at all are SQLite's own affair."""
    assert databases.file(name, uri=uri) is name


def test_an_old_sqlalchemy_shows_urls_another_way() -> None:
    """Version 1.3 has no way to render a URL but `str` and `repr`."""

    class Url:
        def __repr__(self) -> str:
            return "postgresql://user:***@db/x"

        def __str__(self) -> str:
            return "postgresql://user:hidden@db/x"

    assert (_shown(Url()), _whole(Url())) == ("postgresql://user:***@db/x", "postgresql://user:hidden@db/x")


def test_migrations_of_a_stand_in_have_run(parted: Databases) -> None:
    """Upgrading does nothing where a server is meant, and what SQLite cannot do is passed over; a file is migrated."""
    assert parted.made == []
    command = importlib.import_module("alembic.command")
    operations = vars(importlib.import_module("alembic.operations.base"))["AbstractOperations"]
    with pytest.raises(AttributeError):
        command.upgrade(None, "head")
    with pytest.raises(AttributeError):
        operations.invoke(None, None)
    sa.create_engine(URL)
    assert command.upgrade(None, "head") is None
    assert operations.invoke(None, None) is None


@pytest.mark.usefixtures("parted")
def test_a_driver_finds_nobody() -> None:
    """Each way to connect raises what the driver raises where no server is."""
    psycopg = importlib.import_module("psycopg")
    for connect in (psycopg.connect, psycopg.Connection.connect):
        with pytest.raises(psycopg.OperationalError, match="lets nothing connect by psycopg"):
            connect("host=localhost")


def test_a_driver_without_an_error_of_its_own_is_refused_as_a_socket() -> None:
    """What a driver lacks is not added to it."""
    module: Any = types.ModuleType("mariadb")
    module.connect = len
    drivers.changes()["mariadb"](module)
    with pytest.raises(ConnectionRefusedError):
        module.connect()
    other: Any = types.ModuleType("psycopg")
    drivers.changes()["psycopg"](other)
    assert not hasattr(other, "connect")


def test_modules_are_changed_when_they_are_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is imported already is changed at once, one that does not exist is missing as ever."""
    for name in ("keck_one", "keck_two"):
        (tmp_path / f"{name}.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    one = importlib.import_module("keck_one")
    changed: list[str] = []
    names = ("keck_one", "keck_two", "keck_none")
    Afterwards(dict.fromkeys(names, lambda module: changed.append(module.__name__))).begin()
    assert changed == ["keck_one"]
    assert importlib.import_module("keck_two").value == one.value == 1
    assert changed == ["keck_one", "keck_two"]
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("keck_none")
    for name in ("keck_one", "keck_two"):
        monkeypatch.delitem(sys.modules, name)
