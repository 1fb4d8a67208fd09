"""What a database says, and that nothing happens to it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import make_url

from keck.backends import failures, sqlite
from keck.backends.bounded import Told
from keck.backends.connecting import limited
from tests.backends import apps
from tests.service.servers.postgres import Postgres


@pytest.fixture(scope="module")
def url(postgres: Postgres) -> str:
    """A database that these tests leave as it is."""
    return postgres.database()


def test_postgres_answers(url: str) -> None:
    """Version, limits and that the connection could not write; the URL without its password."""
    one = apps.answer(apps.with_database(url)[0], "database")
    assert (one.state, one.name) == ("answers", "database")
    assert one.detail == f"PostgreSQL {one.facts['version']}"
    assert make_url(one.where).password == "***"  # noqa: S105 - it is masked
    assert one.facts["version"].startswith("16.")
    expected = {
        "bind": "",
        "dialect": "postgresql",
        "driver": "psycopg",
        "memory": False,
        "read_only": True,
        "replica": False,
        "max_connections": 200,
    }
    assert one.facts.items() >= expected.items()
    assert 0 < one.facts["query_seconds"] <= one.seconds < 2


def test_each_bind_is_asked(url: str, tmp_path: Path) -> None:
    """Every bind has an answer of its own, the default first."""
    made = apps.app(SQLALCHEMY_DATABASE_URI=url)
    made.config["SQLALCHEMY_BINDS"] = {"notes": f"sqlite:///{tmp_path / 'notes.db'}", "audit": "sqlite://"}
    SQLAlchemy(made)
    found = [(one.name, one.state, one.facts["bind"]) for one in apps.answers(made, "database")]
    assert found == [
        ("database", "answers", ""),
        ('database of bind "audit"', "answers", "audit"),
        ('database of bind "notes"', "missing", "notes"),
    ]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"password": "wrong-one"}, "password authentication failed"),
        ({"database": "nowhere"}, 'database "nowhere" does not exist'),
        ({"username": "nobody"}, "password authentication failed"),
    ],
)
def test_postgres_refuses(url: str, change: dict[str, str], text: str) -> None:
    """A server that says no is there; what it says is shown without the password."""
    wrong = make_url(url).set(**change).render_as_string(hide_password=False)  # type: ignore[arg-type]
    one = apps.answer(apps.with_database(wrong)[0], "database")
    assert (one.state, text in one.detail) == ("refuses", True), one
    assert "wrong-one" not in str(one)
    assert str(make_url(url).password) not in str(one)


@pytest.mark.parametrize("host", ["127.0.0.1:{dead}", "no-such-host.invalid"])
def test_postgres_is_not_there(dead: int, host: str) -> None:
    """A closed port and an unknown host are told at once, with the address and without the password."""
    where = host.format(dead=dead)
    one = apps.answer(apps.with_database(f"postgresql+psycopg://ada:hidden@{where}/shop")[0], "database")
    assert (one.state, one.where) == ("unreachable", f"postgresql+psycopg://ada:***@{where}/shop")
    assert one.detail
    assert "\n" not in one.detail
    assert "hidden" not in str(one)


def test_postgres_is_mute(mute: int) -> None:
    """A server that takes connections and says nothing costs the time limit and no more."""
    began = time.monotonic()
    one = apps.answer(apps.with_database(f"postgresql+psycopg://ada:hidden@127.0.0.1:{mute}/shop")[0], "database", 0.5)
    assert time.monotonic() - began < 1.5
    assert (one.state, one.detail) == ("unreachable", "no answer within 0.5 s")


def test_statement_that_hangs_is_ended_by_the_server(url: str) -> None:
    """A connection of ours has a time limit for statements, and a write fails in it."""
    from keck.backends.bounded import Said
    from keck.backends.connecting import opened

    engine = sqlalchemy.create_engine(url)
    told = Told(time.monotonic() + 0.3, state="answers")
    with pytest.raises(Said, match="statement timeout"), opened(engine, told) as connection:
        connection.execute(sqlalchemy.text("SELECT pg_sleep(10)"))
    told = Told(time.monotonic() + 2, state="answers")
    with pytest.raises(Said, match="read-only transaction"), opened(engine, told) as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE no (id int)"))


def test_project_connects_in_its_own_way(url: str) -> None:
    """`creator` and listeners of `do_connect`, as tokens need them, are used; the pool of the app is not."""
    plain = url.replace("+psycopg", "")
    calls = []

    def creator() -> Any:  # noqa: ANN401 - as SQLAlchemy wants it
        calls.append("creator")
        return psycopg.connect(plain)

    nowhere = "postgresql+psycopg://x:y@127.0.0.1:1/z"
    made = apps.app(SQLALCHEMY_DATABASE_URI=nowhere, SQLALCHEMY_ENGINE_OPTIONS={"creator": creator})
    db = SQLAlchemy(made)
    assert (apps.answer(made, "database").state, calls) == ("answers", ["creator"])
    with made.app_context():
        assert db.engine.pool.checkedin() == 0  # type: ignore[attr-defined]

    made, db = apps.with_database(make_url(url).set(password=None).render_as_string())
    with made.app_context():
        engine = db.engine

    @sqlalchemy.event.listens_for(engine, "do_connect")
    def token(dialect: Any, record: Any, arguments: Any, named: dict[str, Any]) -> None:  # noqa: ANN401
        _ = dialect, record, arguments
        named["password"] = make_url(url).password

    assert apps.answer(made, "database").state == "answers"

    @sqlalchemy.event.listens_for(engine, "do_connect")
    def whole(dialect: Any, record: Any, arguments: Any, named: dict[str, Any]) -> Any:  # noqa: ANN401
        _ = dialect, record, arguments
        calls.append("whole")
        return psycopg.connect(plain) if named else None

    assert (apps.answer(made, "database").state, calls) == ("answers", ["creator", "whole"])
    assert callable(limited(engine, Told(0)))


def test_connect_args_hold(url: str) -> None:
    """What the app connects with beside the URL is used too."""
    without = make_url(url).set(password=None).render_as_string()
    options = {"connect_args": {"password": make_url(url).password}}
    made = apps.with_database(without, SQLALCHEMY_ENGINE_OPTIONS=options)[0]
    assert apps.answer(made, "database").state == "answers"


def test_extension_of_another_generation() -> None:
    """Flask-SQLAlchemy 2 keeps its engines elsewhere: it is skipped, not guessed."""

    class Old:
        """As its state was."""

    made = apps.app()
    made.extensions["sqlalchemy"] = Old()
    one = apps.answer(made, "database")
    assert (one.state, "3.0" in one.detail) == ("skipped", True)


def test_extension_of_another_app(url: str) -> None:
    """An app that the extension has no engine for has no database to ask."""
    other, db = apps.with_database(url)
    made = apps.app()
    made.extensions["sqlalchemy"] = db
    assert apps.answers(made, "database") == []
    assert len(apps.answers(other, "database")) == 1


def test_asynchronous_driver() -> None:
    """An engine whose driver is asynchronous is skipped."""

    class Dialect:
        """Of such an engine."""

        name, driver, is_async = "postgresql", "asyncpg", True

    class Engine:
        """Such an engine."""

        dialect, url = Dialect(), make_url("postgresql+asyncpg://db/shop")

    class Extension:
        """Has it."""

    made, extension = apps.app(), Extension()
    vars(extension)["_app_engines"] = {made: {None: Engine()}}
    made.extensions["sqlalchemy"] = extension
    one = apps.answer(made, "database")
    assert (one.state, one.detail) == ("skipped", "its driver is asynchronous")


class Driver(Exception):  # noqa: N818 - stands for one
    """An error as a driver raises it."""


def engine_of(name: str, driver: str, url: str) -> Any:  # noqa: ANN401
    """Return what the judgement of an error needs of an engine whose driver is not installed."""
    dialect = type("Dialect", (), {"name": name, "driver": driver})
    return type("Engine", (), {"dialect": dialect, "url": make_url(url)})


@pytest.mark.parametrize(
    ("name", "driver", "error", "state"),
    [
        ("mysql", "pymysql", Driver(1045, "Access denied"), "refuses"),
        ("mysql", "pymysql", Driver(2003, "Can't connect"), "unreachable"),
        ("postgresql", "psycopg2", Driver("could not connect to server: Connection refused"), "unreachable"),
        ("postgresql", "psycopg2", Driver("FATAL:  no pg_hba.conf entry"), "refuses"),
        ("postgresql", "pg8000", TimeoutError("timed out"), "unreachable"),
        ("mssql", "pymssql", Driver("odd"), "unreachable"),
    ],
)
def test_errors_of_other_drivers(dead: int, name: str, driver: str, error: Exception, state: str) -> None:
    """Drivers that are not installed here are judged by the error codes that they document."""
    engine = engine_of(name, driver, f"{name}://ada@127.0.0.1:{dead}/shop")
    assert failures.said(error, engine, Told(time.monotonic() + 1)).state == state


def test_error_that_says_nothing_is_settled_by_the_port(mute: int) -> None:
    """Where the error does not tell, a port that takes connections means that somebody is there."""
    engine = engine_of("mssql", "pymssql", f"mssql://ada@127.0.0.1:{mute}/shop")
    assert failures.said(Driver(), engine, Told(time.monotonic() + 1)).state == "refuses"
    coded = type("Coded", (Driver,), {"sqlstate": "28P01"})()
    assert failures.said(coded, engine, Told(time.monotonic() + 1)).state == "refuses"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A SQLite database with one person; nothing else may be in its folder afterwards."""
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / "shop with #50%.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE person (id INTEGER PRIMARY KEY, name); INSERT INTO person VALUES (1, 2)")
    before = path.read_bytes()
    yield path
    assert path.read_bytes() == before
    assert list(folder.iterdir()) == [path]


def of_file(path: Path) -> Flask:
    """Return an app on this file."""
    return apps.with_database(f"sqlite:///{path}")[0]


def test_sqlite_answers(file: Path) -> None:
    """A file is read, its name whatever it is; it and its folder stay as they are."""
    one = apps.answer(of_file(file), "database")
    assert (one.state, one.detail) == ("answers", f"SQLite {sqlite3.sqlite_version}")
    assert one.facts.items() >= {"read_only": True, "memory": False, "dialect": "sqlite"}.items()


def test_sqlite_missing(tmp_path: Path) -> None:
    """A file that is not there is missing, and not made; neither is its folder."""
    for path in (tmp_path / "none.db", tmp_path / "no" / "none.db"):
        one = apps.answer(of_file(path), "database")
        assert (one.state, one.detail) == ("missing", f"the file {path} is not there")
    assert list(tmp_path.iterdir()) == []


def test_sqlite_is_no_database(tmp_path: Path) -> None:
    """A file of something else, and a folder, refuse."""
    (tmp_path / "text.db").write_text("nothing " * 1000, encoding="utf-8")
    assert apps.answer(of_file(tmp_path / "text.db"), "database").state == "refuses"
    assert apps.answer(of_file(tmp_path), "database").state == "refuses"


def test_sqlite_in_write_ahead_mode_leaves_no_files(tmp_path: Path) -> None:
    """A database in WAL mode that nobody has open is read without the files that reading it would leave."""
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE person (id INTEGER PRIMARY KEY)")
    before = path.read_bytes()
    assert list(tmp_path.iterdir()) == [path]
    one = apps.answer(of_file(path), "database")
    assert (one.state, one.facts["wal_unread"]) == ("answers", False)
    assert (list(tmp_path.iterdir()), path.read_bytes()) == ([path], before)


def test_sqlite_is_locked(file: Path) -> None:
    """A file that another process keeps locked refuses, in time."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        one = apps.answer(of_file(file), "database", 0.5)
        connection.execute("ROLLBACK")
    assert (one.state, one.detail) == ("refuses", "database is locked")


def test_sqlite_in_use_is_read(tmp_path: Path) -> None:
    """A WAL database that somebody writes to is read as it is, beside the writer."""
    path = tmp_path / "busy.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE person (id INTEGER PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES (1)")
        before = sorted(tmp_path.iterdir())
        assert apps.answer(of_file(path), "database").state == "answers"
        assert sorted(tmp_path.iterdir()) == before
        (tmp_path / "copy.db").write_bytes(path.read_bytes())
        (tmp_path / "copy.db-wal").write_bytes((tmp_path / "busy.db-wal").read_bytes())
    one = apps.answer(of_file(tmp_path / "copy.db"), "database")
    assert (one.state, one.facts["wal_unread"]) == ("answers", True)


def test_memory_is_read_on_the_apps_own_connection() -> None:
    """SQLite in memory is seen as the app sees it, and a transaction that is open stays so."""
    made, db = apps.with_database("sqlite://")
    with made.app_context():
        assert apps.answer(made, "database").facts["memory"]
        db.create_all()
        db.session.execute(sqlalchemy.text("INSERT INTO person VALUES (1, 'Ada')"))
        one = apps.answer(made, "database")
        assert (one.state, one.facts["memory"], one.facts.get("read_only")) == ("answers", True, None)
        assert db.session.execute(sqlalchemy.text("SELECT count(*) FROM person")).scalar() == 1
        db.session.rollback()
        assert db.session.execute(sqlalchemy.text("SELECT count(*) FROM person")).scalar() == 0
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("sqlite:///file::memory:?cache=shared&uri=true", None),
        ("sqlite:///file:x?mode=memory&uri=true", None),
        ("sqlite:///file:x?uri=true", "x"),
        ("sqlite:///file:///srv/a%20b.db?uri=true", "/srv/a b.db"),
        ("sqlite:////srv/shop.db", "/srv/shop.db"),
    ],
)
def test_file_of_a_url(url: str, path: str | None) -> None:
    """The file is found in each way of writing the URL."""
    assert sqlite.file(make_url(url)) == path


def test_other_driver_of_sqlite(file: Path) -> None:
    """A driver that opens files in its own way, an encrypting one, is left to it."""
    engine = engine_of("sqlite", "pysqlcipher", f"sqlite:///{file}")
    engine.pool = type("Pool", (), {})()
    assert sqlite.creator(engine, Told(0)) is None
