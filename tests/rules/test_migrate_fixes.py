"""What the fixes of the rules on migrations write, and where they write nothing."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixes

HEAD = "from flask import Flask\nfrom flask_migrate import Migrate\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask('a')\napp.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite://'\ndb = SQLAlchemy(app)\n"
WITHOUT = "migrate/bound-without-db"
BESIDE = "migrate/create-all-beside-migrations"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Migrate(app)", "Migrate(app, db=db)"),
        ("Migrate(app, directory='m')", "Migrate(app, directory='m', db=db)"),
        ("m = Migrate()\nm.init_app(app)", "m.init_app(app, db=db)"),
    ],
)
def test_the_only_database_is_named(written: str, expected: str) -> None:
    """The binding names the only database of the project."""
    assert expected in fixed(WITHOUT, HEAD + written + "\n")


@pytest.mark.parametrize(
    "source",
    [
        HEAD + "other = SQLAlchemy()\nMigrate(app)\n",
        HEAD.replace("db = SQLAlchemy(app)", "SQLAlchemy(app)") + "Migrate(app)\n",
        HEAD + "Migrate(app, db=None)\n",
        HEAD + "Migrate(app, None)\n",
        HEAD + "def f(db):\n    Migrate(app)\n",
    ],
)
def test_the_database_cannot_be_told(source: str) -> None:
    """Several databases, one without a name, or one that another name hides: no fix."""
    assert fixes(WITHOUT, source) == [None]


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("db.create_all()", ""),
        ("with app.app_context():\n    db.create_all()", ""),
        ("with app.app_context():\n    db.create_all()\n    print()", "with app.app_context():\n    print()\n"),
        ("with app.app_context():\n    import a\n    db.create_all()", "with app.app_context():\n    import a\n"),
        ("with app.app_context():\n    db.create_all()\n    if app:\n        pass", "with app.app_context():\n    if app:\n        pass\n"),
        ("with app.app_context(), x():\n    db.create_all()", "with app.app_context(), x():\n    pass\n"),
        ("with open('x'):\n    db.create_all()", "with open('x'):\n    pass\n"),
        ("if app.config['A']:\n    db.create_all()", "if app.config['A']:\n    pass\n"),
    ],
)  # fmt: skip
def test_the_call_goes(written: str, left: str) -> None:
    """The call goes, and with it a context in which nothing else happens, by an unsafe fix."""
    head = HEAD + "Migrate(app, db)\n"
    (fix,) = fixes(BESIDE, head + written + "\n")
    assert fix is not None
    assert (fix.safe, fix.changes) == (False, "leaves the tables to `flask db upgrade`")
    assert fixed(BESIDE, head + written + "\n") == head + left


@pytest.mark.parametrize(
    "written",
    [
        "def renew():\n    db.drop_all()\n    db.create_all()\n",
        "def first():\n    db.create_all()\n    stamp()\n",
        "if app.debug:\n    db.create_all()\n",
        "db.create_all(bind_key='logs')\n",
    ],
)
def test_a_call_that_is_needed(written: str) -> None:
    """Tables that were dropped before, are stamped after, or are those of a demo or one bind come of the call: no fix."""
    assert fixes(BESIDE, HEAD + "from flask_migrate import stamp\nMigrate(app, db)\n" + written) == [None]


def test_a_call_that_is_part_of_a_statement() -> None:
    """What is done with the result of the call is not known: no fix."""
    assert fixes(BESIDE, HEAD + "Migrate(app, db)\nx = db.create_all()\n") == [None]
