"""The rules about SQLAlchemy on live apps; engines of servers are made, and nothing connects."""

from __future__ import annotations

import pytest

from keck.finding import Level
from keck.live.record import Instance, LiveApp
from tests.live_support import booted, findings, live, skipped

POOL, DEFAULT = "sqlalchemy/pool-not-resilient", "sqlalchemy/column-default-evaluated-once"
APP = """
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.pool import NullPool

PG = "postgresql+psycopg://db/shop"
db = SQLAlchemy({made})
app = Flask(__name__)
app.config.update({config})
db.init_app(app)
"""


def _app(config: str, made: str = "") -> str:
    return APP.replace("{config}", config).replace("{made}", made)


@pytest.mark.parametrize(
    ("config", "symbol", "part"),
    [
        ("SQLALCHEMY_DATABASE_URI=PG", "db", "the pool of the database hands out connections"),
        (
            'SQLALCHEMY_DATABASE_URI=PG, SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True}, SQLALCHEMY_BINDS={"audit": PG}',
            "audit",
            "and binds do not inherit `SQLALCHEMY_ENGINE_OPTIONS`",
        ),
        ('SQLALCHEMY_DATABASE_URI=PG, SQLALCHEMY_BINDS={"audit": PG}', "db", "the database and bind `audit`"),
        (
            'SQLALCHEMY_DATABASE_URI="sqlite://", SQLALCHEMY_BINDS={"audit": {"url": PG}}',
            "audit",
            "the pool of bind `audit`",
        ),
        ('SQLALCHEMY_DATABASE_URI=PG, SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 3}', "db", "the database"),
    ],
)
def test_pools_that_never_ask_are_found(config: str, symbol: str, part: str) -> None:
    """An engine on a server without pre-ping and recycle is found, a bind by its name."""
    (one,) = live(POOL, _app(config))
    assert (one.symbol, one.level) == (symbol, Level.warning)
    assert part in one.message


@pytest.mark.parametrize(
    ("config", "made"),
    [
        ('SQLALCHEMY_DATABASE_URI="sqlite://"', ""),
        ('SQLALCHEMY_DATABASE_URI="sqlite:///shop.db"', ""),
        ('SQLALCHEMY_DATABASE_URI=PG, SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True}', ""),
        ('SQLALCHEMY_DATABASE_URI=PG, SQLALCHEMY_ENGINE_OPTIONS={"pool_recycle": 300}', ""),
        ('SQLALCHEMY_DATABASE_URI=PG, SQLALCHEMY_ENGINE_OPTIONS={"poolclass": NullPool}', ""),
        ('SQLALCHEMY_DATABASE_URI=PG, SQLALCHEMY_BINDS={"audit": PG}', 'engine_options={"pool_pre_ping": True}'),
        (
            'SQLALCHEMY_DATABASE_URI="sqlite://", SQLALCHEMY_BINDS={"audit": {"url": PG, "pool_pre_ping": True}}',
            "",
        ),
    ],
)
def test_pools_that_ask_or_keep_nothing_are_silent(config: str, made: str) -> None:
    """SQLite, pools that ask, throw away or keep nothing are no finding."""
    assert live(POOL, _app(config, made)) == []


def test_in_debug_mode_the_pool_is_a_note() -> None:
    """On a developer's machine a closed connection is no more than a note."""
    (one,) = live(POOL, _app("SQLALCHEMY_DATABASE_URI=PG"), FLASK_DEBUG="1")
    assert one.level == Level.note


def test_testing_apps_are_passed_over() -> None:
    """The pool of an app that is testing is no matter."""
    assert skipped(POOL, booted(_app("SQLALCHEMY_DATABASE_URI=PG, TESTING=True"))) == "the app is testing"


@pytest.mark.parametrize(
    "engine",
    [
        {"dialect": "mysql", "pool": "QueuePool", "pre_ping": False, "recycle": 7200},
        {"dialect": "duckdb", "pool": "QueuePool", "pre_ping": False, "recycle": -1},
        {"dialect": "postgresql", "pool": "OwnPool", "pre_ping": False, "recycle": -1},
        {"dialect": "postgresql", "pool": "QueuePool", "unread": ["pre_ping", "recycle"]},
        {},
    ],
)
def test_engines_that_are_not_known_are_silent(engine: dict[str, object]) -> None:
    """A recycle of Flask-SQLAlchemy's own, another kind of database or pool, or what could not be read is no finding."""
    one = Instance("sqlalchemy", "shop:db", bound="this", facts={"engines": {"": engine}})
    assert findings(POOL, LiveApp("shop", instances=(one,))) == []


MODEL = """
import uuid
from datetime import date, datetime, time, timezone
from decimal import Decimal
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


def now():
    return datetime.now(timezone.utc)


class Order(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    seen = {column}


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    return app
"""


@pytest.mark.parametrize(
    ("column", "level", "message", "advice"),
    [
        (
            "db.Column(db.DateTime, default=datetime.now())",
            Level.error,
            "the same datetime",
            "datetime.now(timezone.utc)",
        ),
        ("db.Column(db.DateTime, onupdate=now())", Level.error, "the same datetime", "datetime.now(timezone.utc)"),
        ("db.mapped_column(db.Date, default=date.today())", Level.error, "the same date", "date.today"),
        ("db.Column(db.Uuid, default=uuid.uuid4())", Level.error, "the same UUID", "uuid4"),
        ("db.Column(db.JSON, default={})", Level.warning, "one dict that all rows share", "default=dict"),
        ("db.Column(db.JSON, default=[])", Level.warning, "one list that all rows share", "default=list"),
    ],
)
def test_defaults_that_were_computed_once_are_found(column: str, level: Level, message: str, advice: str) -> None:
    """A default that was computed at import, or is one mutable object, is found at its column."""
    (one,) = live(DEFAULT, MODEL.replace("{column}", column))
    assert (one.symbol, one.level, one.place.line) == ("Order.seen", level, 16)
    assert message in one.message
    assert advice in one.help


@pytest.mark.parametrize(
    "column",
    [
        "db.Column(db.DateTime, default=now)",
        "db.Column(db.DateTime, default=datetime.now)",
        "db.Column(db.DateTime, default=lambda: datetime.now(timezone.utc))",
        "db.Column(db.DateTime, default=db.func.now())",
        "db.Column(db.DateTime, server_default=db.func.now())",
        "db.Column(db.DateTime, default=datetime(1970, 1, 1))",
        "db.Column(db.Date, default=date(2000, 1, 1))",
        "db.Column(db.Time, default=time(9, 0))",
        "db.Column(db.Uuid, default=uuid.uuid4)",
        "db.Column(db.JSON, default=dict)",
        "db.Column(db.JSON, default=lambda: [])",
        'db.Column(db.Numeric, default=Decimal("0"))',
        "db.Column(db.String, default=str(1))",
        "db.Column(db.Boolean, default=False)",
        "db.Column(db.Integer)",
    ],
)
def test_defaults_that_are_computed_for_each_row_are_silent(column: str) -> None:
    """Callables, constants and what the database computes are no finding."""
    assert live(DEFAULT, MODEL.replace("{column}", column)) == []


def test_a_default_of_a_kind_that_is_not_known_has_a_general_help() -> None:
    """What else may be told as computed once gets a help without an example, and the place of the app."""
    columns = [{"model": "shop.models.Order", "column": "seen", "fault": "same value for every row: Moment"}]
    one = Instance("sqlalchemy", "shop:db", bound="this", facts={"columns": columns})
    (found,) = findings(DEFAULT, LiveApp("shop", instances=(one,)))
    assert (found.place.path, found.symbol) == ("", "Order.seen")
    assert "default=the function" in found.help
