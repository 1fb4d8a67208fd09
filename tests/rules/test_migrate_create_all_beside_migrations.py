from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "migrate/create-all-beside-migrations"
HEAD = """import click
from alembic import command
from flask import Flask, current_app
from flask_migrate import Migrate, stamp
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
migrate = Migrate()
"""
LINE = HEAD.count("\n") + 1
FACTORY = (
    "def create_app():\n    app = Flask('x')\n    db.init_app(app)\n    migrate.init_app(app, db)\n{0}    return app\n"
)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        (FACTORY.format("    with app.app_context():\n        db.create_all()  # here\n"), "warning"),
        (FACTORY.format("    with app.app_context():\n        db.metadata.create_all(db.engine)  # here\n"), "warning"),
        (FACTORY.format("    fill(app)\n") + "def fill(app):\n    with app.app_context():\n        db.create_all()  # here\n", "warning"),
        (FACTORY.format("    @app.before_first_request\n    def tables():\n        db.create_all()  # here\n"), "warning"),
        ("app = Flask('x')\nMigrate(app, db)\nwith app.app_context():\n    db.create_all()  # here\n", "warning"),
        (FACTORY.format("    with app.app_context():\n        db.create_all()  # here\n        stamp()\n"), "note"),
        (FACTORY.format("    with app.app_context():\n        db.create_all()  # here\n        command.stamp(None, 'head')\n"), "note"),
        (FACTORY.format("    if 'sqlite' in app.config['SQLALCHEMY_DATABASE_URI']:\n        db.create_all()  # here\n"), "note"),
        (FACTORY.format("    if app.config.get('DEMO_MODE'):\n        db.create_all()  # here\n"), "note"),
        (FACTORY.format("    with app.app_context():\n        db.create_all(bind_key='tasks')  # here\n"), "note"),
        (FACTORY.format("    @app.cli.command()\n    def initdb():\n        db.create_all()  # here\n"), "note"),
        (FACTORY.format("") + "@click.command()\ndef init():\n    db.create_all()  # here\n", "note"),
        (FACTORY.format("") + "if __name__ == '__main__':\n    db.create_all()  # here\n", "note"),
        (FACTORY.format("") + "def start():\n    db.create_all()  # here\nif __name__ == '__main__':\n    start()\n", "note"),
        (FACTORY.format("    app.db = db\n") + "def restore():\n    current_app.db.create_all()  # here\n", "note"),
        (FACTORY.format("    if app.static_folder:\n        print(1)\n    else:\n        while app:\n            db.create_all()  # here\n"), "warning"),
    ],
)  # fmt: skip
def test_levels(code: str, level: str) -> None:
    """In the factory, at import and in hooks it is a warning; in commands and scripts, stamped or conditional, a note."""
    at = LINE + next(number for number, line in enumerate(code.splitlines()) if line.endswith("# here"))
    assert lines(RULE, HEAD + code) == [f"app.py:{at} {level}"]


def test_a_script_beside_the_app() -> None:
    """A script that makes the tables at its top level is a note, since no server imports it."""
    files = {
        "shop.py": HEAD + FACTORY.format(""),
        "create_db.py": "from shop import create_app, db\napp = create_app()\nwith app.app_context():\n    db.create_all()\n",
    }
    (one,) = findings(RULE, files)
    assert (one.place.path, one.level.name, one.symbol) == ("create_db.py", "note", "create_db:")
    assert one.related[0].place.path == "shop.py"


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask('x')\ndb = SQLAlchemy(app)\ndb.create_all()\n"},
        {"app.py": HEAD + FACTORY.format(""), "tests/conftest.py": "from app import db\ndb.create_all()\n"},
        {"app.py": HEAD + FACTORY.format(""), "migrations/versions/1.py": "from app import db\ndb.create_all()\n"},
        {"app.py": HEAD + FACTORY.format(""), "migrations/env.py": "from app import db\ndb.create_all()\n"},
        {"app.py": HEAD + FACTORY.format(""), "other.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n"
         "    pass\nBase.metadata.create_all(None)\n"},
        {"app.py": HEAD + FACTORY.format(""), "search.py": "class Index:\n    def create_all(self):\n        create_all()\n        get().create_all()\n"
         "Index().create_all()\n"},
        {"one/app.py": HEAD + FACTORY.format(""), "two/app.py": "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n"
         "app = Flask('y')\ndb = SQLAlchemy(app)\ndb.create_all()\n"},
    ],
)  # fmt: skip
def test_what_migrations_do_not_make(files: dict[str, str]) -> None:
    """Projects without Flask-Migrate, tests, revisions, other databases and strangers are left alone."""
    assert lines(RULE, files) == []


def test_a_migrate_whose_database_cannot_be_seen() -> None:
    """Where Migrate's database is not named in sight, the project's only one is meant."""
    code = "options = {}\napp = Flask('x')\nmigrate.init_app(app, **options)\ndb.create_all()\n"
    assert lines(RULE, HEAD + code) == [f"app.py:{LINE + 3} warning"]


@pytest.mark.parametrize(
    ("call", "level"),
    [
        ("db.create_all(bind='tasks')", "note"),
        ("db.create_all(bind=key)", "note"),
        ("db.create_all(bind_key=['tasks'])", "note"),
        ("db.metadata.create_all(db.engine, tables=[Thing.__table__])", "note"),
        ("db.create_all(bind='__all__')", "warning"),
        ("db.create_all(bind=db.engine)", "warning"),
        ("db.metadata.create_all(bind=db.engine)", "warning"),
        ("db.metadata.create_all(bind=connection, checkfirst=True)", "warning"),
    ],
)
def test_what_makes_it_partial(call: str, level: str) -> None:
    """Some tables or one bind make it a note; naming the engine of the whole database does not."""
    code = FACTORY.format(f"    with app.app_context():\n        {call}\n")
    assert [one.rpartition(" ")[2] for one in lines(RULE, HEAD + code)] == [level]


PLAIN = """from flask import Flask
from flask_migrate import Migrate
from models import Base, Other, init_db
migrate = Migrate()
def create_app():
    app = Flask('x')
    migrate.init_app(app, {0})
    init_db()
    return app
"""
MODELS = """from sqlalchemy import create_engine
from sqlalchemy.ext.declarative import as_declarative
from sqlalchemy.orm import DeclarativeBase, declarative_base
engine = create_engine('sqlite://')
{0}
class User(Base): ...
class Other(DeclarativeBase): ...
def init_db():
    {1}.metadata.create_all(bind=engine)
    return Base
"""


@pytest.mark.parametrize("given", ["Base", "init_db()", "hidden()", "**hidden"])
@pytest.mark.parametrize(
    "base",
    [
        "class Base(DeclarativeBase): ...",
        "@as_declarative()\nclass Base: ...",
        "Base = declarative_base()",
        "made = declarative_base()\nclass Base(made):\n    __abstract__ = True",
    ],
)
@pytest.mark.parametrize("named", ["Base", "User"])
def test_a_declarative_base_without_flask_sqlalchemy(given: str, base: str, named: str) -> None:
    """Migrate may be given a plain declarative base, or what a function returns: its create_all is the same fault."""
    files = {"app.py": PLAIN.format(given), "models.py": MODELS.format(base, named)}
    (one,) = lines(RULE, files)
    assert one.startswith("models.py:")
    assert one.endswith(" warning")


@pytest.mark.parametrize(
    ("given", "base", "named"),
    [
        ("Other", "class Base(DeclarativeBase): ...", "Base"),
        ("Base", "class Base(DeclarativeBase): ...", "Other"),
        ("Other", "Base = declarative_base()", "Base"),
        ("hidden()", "Base = declarative_base()", "stranger"),
        ("hidden()", "class Base: ...", "Base"),
        ("hidden()", "class Base: ...", "get()"),
    ],
)
def test_other_declarative_bases(given: str, base: str, named: str) -> None:
    """Tables of a base that Migrate is not given, and the metadata of strangers, are not those of the migrations."""
    assert lines(RULE, {"app.py": PLAIN.format(given), "models.py": MODELS.format(base, named)}) == []


def test_a_declarative_base_beside_flask_sqlalchemy() -> None:
    """Where Flask-SQLAlchemy makes the database, a declarative base that Migrate is not given is another one."""
    more = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
    files = {"app.py": PLAIN.format("hidden()") + more, "models.py": MODELS.format("Base = declarative_base()", "Base")}
    assert lines(RULE, files) == []


def test_migrations_of_plain_alembic() -> None:
    """A project whose migrations Flask-Migrate does not run is left alone."""
    code = PLAIN.replace("from flask_migrate import Migrate\n", "").replace("migrate = Migrate()\n", "")
    code = code.replace("    migrate.init_app(app, {0})\n", "")
    files = {
        "app.py": code,
        "models.py": MODELS.format("Base = declarative_base()", "Base"),
        "alembic.ini": "[alembic]\nscript_location = migrations\n",
        "migrations/versions/1.py": "from alembic import op\n",
    }
    assert lines(RULE, files) == []
