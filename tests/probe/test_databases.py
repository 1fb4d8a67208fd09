"""Databases that can be read, and what is known of statements and drivers."""

# ruff: noqa: ANN401, SLF001 - hooks and fakes of libraries

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy

from keck.probe import databases
from keck.probe.databases import ports, statements, writes
from tests.probe.apps import asked
from tests.service.servers.postgres import Postgres

linux = pytest.mark.skipif(sys.platform != "linux", reason="the servers are started on Linux only")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "  (select 1)",
        "/* why */ /* and */ SELECT 1",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "SHOW server_version;",
        "BEGIN",
        "SET TRANSACTION READ ONLY",
        "SAVEPOINT a",
        "COMMIT;",
        "",
        "/* nothing */",
    ],
)
def test_reads(statement: str) -> None:
    """These are let through to the read-only session."""
    assert not writes(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO a VALUES (1)",
        "update a set x = 1",
        "-- why\nDELETE FROM a",
        "/* why */ TRUNCATE a",
        "CREATE TABLE a (x int)",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "START TRANSACTION READ WRITE",
        "NOTIFY a",
        "VACUUM",
        "CALL a()",
        "COPY a FROM stdin",
    ],
)
def test_writes(statement: str) -> None:
    """These are refused before a driver sees them: all that is not known to do nothing but read."""
    assert writes(statement)


def test_sessions() -> None:
    """For each kind of server it is known what makes a session read-only, or it is not used at all."""
    assert "READ ONLY" in statements("postgresql", 100)[0]
    assert statements("mysql", 100) == statements("mariadb", 100) == ("SET SESSION TRANSACTION READ ONLY",)
    assert statements("sqlite", 100) == ("PRAGMA query_only = 1",)
    assert statements("oracle", 100) == ()


@pytest.fixture
def engines() -> Iterator[Callable[[str], sa.Engine]]:
    """Makes engines that are gone after the test."""
    made: list[sa.Engine] = []

    def make(url: str) -> sa.Engine:
        made.append(sa.create_engine(url, **({"module": _driver()} if "mysql" in url else {})))
        return made[-1]

    yield make
    made.clear()


def _driver() -> ModuleType:
    driver = ModuleType("driver")
    vars(driver).update(paramstyle="pyformat", __version__="3.3.0", version_info=(1, 4, 0), Error=Exception)
    return driver


def test_ports(engines: Callable[[str], sa.Engine]) -> None:
    """TCP may connect to the ports of the engines that there are, also to those that a URL leaves out."""
    engines("sqlite://")
    kept = [engines("postgresql+psycopg://db:6543/a"), engines("mysql+pymysql://db/a")]
    found = ports()
    assert found is not None
    assert found >= {6543, 3306}
    assert kept


def test_unknown_ports(engines: Callable[[str], sa.Engine]) -> None:
    """Where an engine may connect to any port the kernel is not asked to keep TCP in."""
    kept = engines("postgresql+psycopg://?service=shop")
    assert ports() is None
    assert kept


def test_no_sqlalchemy(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app without SQLAlchemy has no engines."""
    monkeypatch.delitem(sys.modules, "sqlalchemy.engine.base")
    assert ports() == frozenset()


def _app(hook: Callable[[], Any], **config: Any) -> tuple[Flask, SQLAlchemy]:
    app = Flask("databases")
    app.config.update(config or {"SQLALCHEMY_DATABASE_URI": "sqlite://"})
    db = SQLAlchemy(app)
    app.add_url_rule("/", "view", lambda: "body")
    app.before_request(hook)
    return app, db


@linux
def test_postgres_is_read(postgres: Postgres) -> None:
    """A hook that reads the database gets its rows, by a pooled connection of the parent's and by a new one."""
    url = postgres.database()

    def hook() -> None:
        assert db.session.execute(sa.text("SELECT 41 + 1")).scalar() == 42
        assert db.session.execute(sa.text("SHOW transaction_read_only")).scalar() == "on"
        with own.connect() as connection:
            assert connection.execute(sa.text("SELECT 42")).scalar() == 42

    app, db = _app(hook, SQLALCHEMY_DATABASE_URI=url)
    own = sa.create_engine(url)
    with own.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    with app.app_context():
        db.session.execute(sa.text("SELECT 1"))
        db.session.remove()
        assert asked(app)["view"]["anonymous"] == {"status": 200, "reached": True}
        db.session.execute(sa.text("SELECT 1"))
        db.session.remove()
        db.engine.dispose()
    own.dispose()


@linux
def test_postgres_that_sleeps(postgres: Postgres) -> None:
    """A statement that takes long is ended by the server, before the request is."""

    def hook() -> None:
        if request.method == "OPTIONS":
            db.session.execute(sa.text("SELECT pg_sleep(30)"))

    app, db = _app(hook, SQLALCHEMY_DATABASE_URI=postgres.database())
    got = asked(app, each=2.0)["view"]["preflight"]
    assert "statement timeout" in got["error"]
    assert got["status"] == 500


def test_sqlite_is_read(tmp_path: Path) -> None:
    """SQLite is read: in memory, from a file, through a connection of the parent's, and in WAL mode, open or not."""
    paths = {name: tmp_path / f"{name}.db" for name in ("file", "wal", "busy")}
    kept = []
    for name, path in paths.items():
        one = sqlite3.connect(path)
        if name != "file":
            one.execute("PRAGMA journal_mode=WAL")
        one.execute("CREATE TABLE a (x)")
        one.execute("INSERT INTO a VALUES (42)")
        one.commit()
        kept.append(one)
    kept[1].close()
    before = sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.iterdir())

    def hook() -> None:
        for bind in ("file", "wal", "busy"):
            with db.engines[bind].connect() as connection:
                assert connection.execute(sa.text("SELECT x FROM a")).scalar() == 42
            one = sqlite3.connect(f"file:{paths[bind]}?mode=ro&nolock=1", uri=True) if bind == "file" else None
            assert one is None or one.execute("SELECT x FROM a").fetchone() == (42,)
        assert kept[0].execute("SELECT x FROM a").fetchone() == (42,)
        assert db.session.execute(sa.text("SELECT 42")).scalar() == 42

    binds = {name: f"sqlite:///{path}" for name, path in paths.items()}
    app, db = _app(hook, SQLALCHEMY_DATABASE_URI="sqlite://", SQLALCHEMY_BINDS=binds)
    with app.app_context(), db.engine.connect() as connection, db.engines["file"].connect() as file:
        connection.execute(sa.text("SELECT 1"))
        file.execute(sa.text("SELECT 1"))
    assert asked(app)["view"]["anonymous"] == {"status": 200, "reached": True}
    assert sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.iterdir()) == before
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    for one in kept:
        one.close()


def test_unknown_server() -> None:
    """A server of which it is not known how it is read and not written is not used at all."""

    def hook() -> None:
        sa.create_engine("mssql+pymssql://db/a", module=_driver()).connect()

    app, _ = _app(hook)
    got = asked(app)["view"]["anonymous"]
    assert got["refused"] == ["use a database of mssql: it cannot be made read-only"]


class _Cursor:
    """A cursor that keeps what it was told."""

    def __init__(self, told: list[str]) -> None:
        self.execute = told.append


class _Connection:
    """A connection that keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def cursor(self) -> _Cursor:
        """Return a cursor."""
        return _Cursor(self.told)

    def commit(self) -> None:
        """Keep that, too."""
        self.told.append("commit")


def test_psycopg2() -> None:
    """Whatever psycopg2 connects is read-only before anybody gets it."""
    module = ModuleType("psycopg2")
    vars(module)["_connect"] = lambda *_, **__: _Connection()
    databases._psycopg2(module, 800)
    made = vars(module)["_connect"]("host=db", connection_factory=None)
    assert made.told == [*statements("postgresql", 800), "commit"]


def test_psycopg2_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that has loaded psycopg2 gets it read-only; one without SQLAlchemy and psycopg is asked all the same."""
    module = ModuleType("psycopg2")
    vars(module)["_connect"] = lambda *_, **__: _Connection()
    told: list[str] = []
    app = Flask("bare")
    app.add_url_rule("/", "view", lambda: "body")

    @app.before_request
    def hook() -> None:
        told.extend(vars(module)["_connect"]().told)
        assert len(told) == 3 * (len(told) // 3) > 0, request

    monkeypatch.setitem(sys.modules, "psycopg2", module)
    monkeypatch.delitem(sys.modules, "sqlalchemy", raising=False)
    monkeypatch.delitem(sys.modules, "psycopg.generators", raising=False)
    assert asked(app)["view"]["anonymous"] == {"status": 200, "reached": True}
