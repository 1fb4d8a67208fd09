"""sqlalchemy/column-default-evaluated-once in source code."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed
from tests.support import findings, lines

RULE = "sqlalchemy/column-default-evaluated-once"
HEAD = """import datetime as dt
import os
import time
import uuid
from datetime import date, datetime, timedelta, timezone
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


"""


def model(keyword: str, *, column: str = "db.Column(db.String(80), {})") -> str:
    """Return a model with a column that is given this keyword."""
    return HEAD + f"class Order(db.Model):\n    made = {column.format(keyword)}\n"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("default=datetime.now()", "default=datetime.now)"),
        ("default=datetime.now(timezone.utc)", "default=lambda: datetime.now(timezone.utc))"),
        ("default=dt.datetime.utcnow()", "default=dt.datetime.utcnow)"),
        ("default=date.today()", "default=date.today)"),
        ("onupdate=datetime.utcnow()", "onupdate=datetime.utcnow)"),
        ("default=uuid4()", "default=uuid4)"),
        ("default=uuid.uuid4().hex", "default=lambda: uuid.uuid4().hex)"),
        ("default=str(uuid4())", "default=lambda: str(uuid4()))"),
        ("default=datetime.now() + timedelta(days=1)", "default=lambda: datetime.now() + timedelta(days=1))"),
        ("default=datetime.now().date()", "default=lambda: datetime.now().date())"),
        ("default=datetime.utcnow().date", "default=lambda: datetime.utcnow().date())"),
        ("default=time.time()", "default=time.time)"),
        ("default=os.urandom(8)", "default=lambda: os.urandom(8))"),
    ],
)
def test_what_is_computed_at_import(given: str, expected: str) -> None:
    """A default that is computed once is an error, and becomes something that is called for each row."""
    (found,) = findings(RULE, model(given))
    assert (found.level.name, found.symbol) == ("error", "Order.made")
    assert expected in fixed(RULE, model(given))


@pytest.mark.parametrize(
    ("source", "intended"),
    [
        (model("default={}"), "tables/*/*/made"),
        (model("default={}", column="db.Column('made_at', db.JSON, {})"), "tables/*/*/made_at"),
        (HEAD + "db.Table('a', db.Column('made_on', db.Date, default=date.today()))\n", "tables/*/*/made_on"),
        (HEAD + "db.Table('a', db.Column(db.Date, default=date.today()))\n", "tables/*"),
    ],
)
def test_what_the_proof_may_find_changed(source: str, intended: str) -> None:
    """The fix means to change the default of the one column, by its name in the table where that is known."""
    (found,) = findings(RULE, source)
    assert found.fix is not None
    assert found.fix.intends == (intended,)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("default={}", "default=dict)"),
        ("default=[]", "default=list)"),
        ("default=dict()", "default=dict)"),
        ("default=set()", "default=set)"),
        ("default={'a': 1}", "default=lambda: {'a': 1})"),
        ("default=[1]", "default=lambda: [1])"),
        ("default={1}", "default=lambda: {1})"),
    ],
)
def test_what_all_rows_share(given: str, expected: str) -> None:
    """A default that rows can change is a warning, and is made for each row."""
    (found,) = findings(RULE, model(given))
    assert found.level.name == "warning"
    assert expected in fixed(RULE, model(given))


@pytest.mark.parametrize(
    "column",
    ["db.mapped_column(insert_default=datetime.now())", "sa.Column(sa.DateTime, default=datetime.now())"],
)
def test_every_kind_of_column(column: str) -> None:
    """Columns of SQLAlchemy's own, and mapped ones, are columns as well."""
    assert lines(RULE, model("", column=column)) == ["app.py:16 error"]


def test_columns_without_a_name() -> None:
    """A column that is given away, or one of a table, is told without a name of its own."""
    source = HEAD + "class M:\n    @property\n    def made(self):\n        return db.Column(default=uuid4())\n"
    (found,) = findings(
        RULE, source + "t = sa.Table('t', db.metadata, sa.Column('x', default=uuid4()))\nu = sa.Column(default=[])\n"
    )[:1]
    assert "`the column`" in found.message
    assert findings(RULE, HEAD + "u = sa.Column(default=[])\n")[0].symbol == "u"


SILENT = {
    "callable": "default=datetime.now",
    "lambda": "default=lambda: datetime.now()",
    "constant": "default='x'",
    "empty tuple": "default=()",
    "database": "default=db.func.now()",
    "server": "server_default=str(uuid4())",
    "own function": "default=moment()",
    "constant by a call": "default=Decimal('0')",
    "cast of a constant": "default=str(5)",
    "cast of nothing": "default=str()",
    "method of a constant": "default='a'.upper()",
    "attribute": "default=Kind.open.value",
    "sum": "default=1 + 2",
    "partial": "default=partial(datetime.now, timezone.utc)",
    "wrapped": "default=ColumnDefault(lambda: uuid4())",
    "other keyword": "info={}",
    "dict with entries": "default=dict(a=1)",
}


@pytest.mark.parametrize("given", SILENT.values(), ids=SILENT.keys())
def test_silent(given: str) -> None:
    """A callable, a constant, and what the database computes are passed over."""
    assert lines(RULE, model(given)) == []


def test_strangers() -> None:
    """Columns of other libraries and of the project's own, migrations and test suites are passed over."""
    assert lines(RULE, "from rich.table import Column\nimport sqlalchemy\nx = Column(default=[])\n") == []
    assert lines(RULE, "import sqlalchemy\ndef Column(**k): ...\nx = Column(default=[])\n") == []
    assert lines(RULE, HEAD + "from alembic import op\nop.add_column('t', sa.Column('x', default=[]))\n") == []
    assert lines(RULE, {"tests/models.py": model("default=[]")}) == []
