"""sqlalchemy/legacy-query: what begins a legacy query, and what only looks so."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "sqlalchemy/legacy-query"
HEAD = """
from flask import request, session
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)

"""


def spelt(body: str) -> list[str]:
    """Return how the queries are spelt that the rule finds in a body under a model ``User``."""
    return [one.message.partition(" is ")[0].strip("`") for one in findings(RULE, HEAD.lstrip("\n") + body)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("User.query.all()", ["User.query"]),
        ("q = User.query", ["User.query"]),
        ("User.query.filter(User.query.exists())", ["User.query", "User.query"]),
        ("db.session.query(User.id).all()", ["db.session.query"]),
        ("db.session().query(User)", ["session().query"]),
        ("def f(user):\n    return type(user).query.first()", ["type(user).query"]),
        ("def f(db_session):\n    return db_session.query(User)", ["db_session.query"]),
        ("def f(model):\n    return model.query\nf(User)", ["model.query"]),
        ("if User.query.first():\n    pass", ["User.query"]),
        ("x = [u for u in User.query]", ["User.query"]),
        ("def f(users=User.query.all()):\n    return users", ["User.query"]),
        ("class Admin(User):\n    @classmethod\n    def all(cls):\n        return cls.query.all()", ["cls.query"]),
        ("class Admin(User):\n    def same(self):\n        return self.query.first()", ["self.query"]),
        (
            "class Mixin:\n    def all(self):\n        return self.query.all()\nclass Tag(Mixin, db.Model):\n    pass",
            ["self.query"],
        ),
        ("class Service:\n    def all(self):\n        return self.model.query.all()", ["self.model.query"]),
        ("from plugin import Person\nPerson.query.all()", []),
        ("from unknown import *\nPerson.query.all()", ["Person.query"]),
        (
            "from versions import version_class\nUserVersion = version_class(User)\nUserVersion.query.all()",
            ["UserVersion.query"],
        ),
        ("from plugin import Base\nclass Pet(Base):\n    pass\nPet.query.all()", ["Pet.query"]),
        (
            "from sqlalchemy.orm import Session\nwith Session() as s:\n    pass\nopened = Session()\nopened.query(User)",
            ["opened.query"],
        ),
    ],
)
def test_legacy_queries_are_found(body: str, expected: list[str]) -> None:
    """Every spelling of Model.query and session.query is found once, where it begins."""
    assert spelt(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "db.session.scalars(db.select(User)).all()",
        "query = 1\nquery.all()",
        "request.query.get('q')",
        "session.query(1)",
        "import dns\ndns.resolver.query('example.com')",
        "class Search:\n    def run(self):\n        return self.query.strip()",
        "def f(self):\n    return self.query",
        "class Client:\n    pass\nClient.query.run()",
        "import requests\nweb = requests.Session()\nweb.query('x')",
        "User.query_class",
        "search.query('x')",
        "search().query('x')",
        "search().query",
        "def f(node):\n    return node.query.text",
    ],
)
def test_strangers_are_left_alone(body: str) -> None:
    """Another library's query, or a class that is no model, is not taken for SQLAlchemy's."""
    assert spelt(body) == []


def test_tests_and_migrations_are_left_alone() -> None:
    """Queries in tests and in Alembic's revisions are not told: neither is rewritten."""
    files = {
        "models.py": HEAD,
        "tests/test_user.py": "from models import User\nUser.query.all()\n",
        "migrations/versions/1_a.py": "from alembic import op\nfrom models import User\nUser.query.all()\n",
    }
    assert lines(RULE, files) == []


def test_projects_without_the_extension_are_left_alone() -> None:
    """A project that does not use Flask-SQLAlchemy has no Model.query."""
    assert lines(RULE, "from sqlalchemy.orm import Session\nSession().query(1)\n") == []


def test_old_sqlalchemy_is_told_when_to_rewrite() -> None:
    """Under a SQLAlchemy before 1.4, which cannot do it the new way, the help says so."""
    (found,) = findings(RULE, {"app.py": HEAD + "User.query.all()\n", "requirements.txt": "SQLAlchemy==1.3.24\n"})
    assert found.help.endswith("once SQLAlchemy is 1.4 or newer")
    assert found.symbol == "User.query"


def test_queries_that_are_known_have_a_fix() -> None:
    """A query that `select()` has an equal of is repaired; one that is returned as a query is only told."""
    known, returned = findings(RULE, HEAD + "def f():\n    n = User.query.count()\n    return User.query, n\n")
    assert known.fix is not None
    assert known.fix.title == "ask with `db.select(User)`"
    assert known.fix.safe
    assert returned.fix is None
