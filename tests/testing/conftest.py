"""A suite with an app, run by a pytest of its own."""

from __future__ import annotations

import gc
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path

import flask_sqlalchemy  # noqa: F401 - what an inner run imports it forgets, and that does not do for all of these
import psycopg  # noqa: F401 - see above
import pytest

SHOP = """
import os
from flask import Flask, current_app, g, redirect, session
from flask_sqlalchemy import SQLAlchemy

class Own(SQLAlchemy):
    def drop_all(self):
        self.metadata.drop_all(self.engine)

db = SQLAlchemy()

class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)

class Event(db.Model):
    __bind_key__ = "log"
    id = db.Column(db.Integer, primary_key=True)

def create_app(uri="sqlite:///" + os.path.abspath("real.db"), binds=None, bind=db, name=__name__, **config):
    app = Flask(name, instance_path=os.path.abspath("instance"))
    app.secret_key = "k" * 32
    log = "sqlite:///" + os.path.abspath("log.db")
    app.config.update(SQLALCHEMY_DATABASE_URI=uri, SQLALCHEMY_BINDS={"log": log} if binds is None else binds, **config)
    bind.init_app(app)

    @app.get("/")
    def index():
        g.seen = "yes"
        return "hello"

    @app.get("/away")
    def away():
        return redirect("/")

    @app.cli.command("warm")
    def warm():
        with current_app.app_context():
            current_app.test_client().get("/")

    return app
"""


class Suite:
    """A suite in a folder of its own, beside a real database with rows.

    Args:
        pytester: pytest's own.
    """

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.folder: Path = pytester.path
        self.fill("real.db", "item")
        self.fill("log.db", "event")
        pytester.makepyfile(shop=SHOP)

    def fill(self, name: str, table: str) -> None:
        """Make a database file with a table and three rows."""
        with closing(sqlite3.connect(self.folder / name)) as connection, connection:
            connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
            connection.execute(f"INSERT INTO {table} VALUES (1), (2), (3)")  # noqa: S608 - ours

    def rows(self, name: str = "real.db", table: str = "item") -> int:
        """Return how many rows are there; -1 where the table is gone."""
        with closing(sqlite3.connect(self.folder / name)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchall():
                return -1
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - ours

    def run(self, test: str, *options: str, apart: bool = False) -> pytest.RunResult:
        """Run a test module; `apart` in a process of its own."""
        self.pytester.makepyfile(test_shop=test)
        run = self.pytester.runpytest_subprocess if apart else self.pytester.runpytest_inprocess
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # of the databases in memory that the tests leave behind
            result = run("-Wdefault", "-Wignore::ResourceWarning", "-pno:cacheprovider", *options)
            gc.collect()
        return result


@pytest.fixture
def suite(pytester: pytest.Pytester) -> Suite:
    """A suite that can be run."""
    return Suite(pytester)
