"""The rules about migrations on live apps and real SQLite files."""

from __future__ import annotations

from pathlib import Path

import pytest

from keck.finding import Level
from keck.live.record import Answer, Instance, LiveApp
from tests.live_support import booted, findings, live, skipped

EXAMPLES = Path(__file__).parents[3] / "examples" / "migrate"
PENDING, DIFFER, HEADS = "migrate/revisions-pending", "migrate/models-differ-from-tables", "migrate/several-heads"
CREATED = "migrate/create-all-beside-migrations"
UPGRADED = """
from app import create_app, db
from flask_migrate import upgrade
from sqlalchemy import text

app = create_app()
with app.app_context():
    {first}
    db.session.commit()
"""


def _files(rule: str, side: str, first: str = "pass") -> dict[str, str]:
    tree = EXAMPLES / rule.partition("/")[2] / side
    files = {one.relative_to(tree).as_posix(): one.read_text("utf-8") for one in tree.rglob("*") if one.is_file()}
    return files | {"wsgi.py": UPGRADED.replace("{first}", first)}


def _app(rule: str, side: str, first: str) -> LiveApp:
    return booted(_files(rule, side, first), backends=True)


@pytest.mark.parametrize(
    ("first", "rule", "level", "part"),
    [
        ('upgrade(revision="1a")', PENDING, Level.warning, "has yet to be given 1 migration, next `2b` (Prices.)"),
        ('upgrade(revision="1a")', DIFFER, Level.error, "missing column item.price"),
        (
            "upgrade(); db.session.execute(text(\"UPDATE alembic_version SET version_num = '9z'\"))",
            PENDING,
            Level.error,
            "is at `9z`, which no file of the migrations has",
        ),
        (
            'upgrade(); db.session.execute(text("CREATE TABLE old (id INTEGER PRIMARY KEY)"))',
            DIFFER,
            Level.warning,
            "old",
        ),
        ("db.create_all()", CREATED, Level.warning, "no migration has ever been run"),
        ("db.create_all()", PENDING, Level.warning, "2 migrations, next `1a` (Items.), and has never been migrated"),
    ],
)
def test_databases_that_are_not_where_they_should_be(first: str, rule: str, level: Level, part: str) -> None:
    """A database that is behind, elsewhere, or has other tables than the models is found, at the Migrate of the app."""
    (one,) = findings(rule, _app(PENDING, "right", first))
    assert one.level == level
    assert part in one.message
    assert one.place.path.endswith("app.py")


def test_extra_tables_say_what_would_be_dropped() -> None:
    """The help names the table that the next migration would drop."""
    first = 'upgrade(); db.session.execute(text("CREATE TABLE old (id INTEGER PRIMARY KEY)"))'
    (one,) = findings(DIFFER, _app(PENDING, "right", first))
    assert "it would drop `old`" in one.help


@pytest.mark.parametrize("rule", [PENDING, DIFFER, HEADS, CREATED])
def test_an_upgraded_database_is_silent(rule: str) -> None:
    """Nothing is said of a database that has been given every migration."""
    assert findings(rule, _app(PENDING, "right", "upgrade()")) == []


def test_heads_are_found_without_a_database() -> None:
    """Two heads are read from the files alone; the database file need not be there."""
    (one,) = findings(HEADS, _app(HEADS, "wrong", "pass"))
    assert "end in 2 revisions, `2b` and `3c`" in one.message
    assert one.level == Level.error
    assert findings(HEADS, _app(HEADS, "right", "pass")) == []


def test_heads_that_the_database_is_at_are_a_note() -> None:
    """Branches that are all upgraded seem to be there on purpose."""
    (one,) = findings(HEADS, _app(HEADS, "wrong", 'upgrade(revision="heads")'))
    assert one.level == Level.note


def test_a_gap_is_found() -> None:
    """A revision that comes after one that no file has is found."""
    files = _files(HEADS, "right")
    del files["migrations/versions/1a_items.py"]
    (one,) = findings(HEADS, booted(files, backends=True))
    assert "comes after `1a`, which no file has" in one.message


@pytest.mark.parametrize("rule", [PENDING, DIFFER, CREATED])
def test_apps_that_test_are_passed_over(rule: str) -> None:
    """Tests make tables of their own."""
    assert skipped(rule, _app(PENDING, "right", 'app.testing = True; upgrade(revision="1a")')).startswith(
        "the app is testing"
    )


def test_databases_in_memory_are_passed_over() -> None:
    """A database in memory is never migrated."""
    files = _files(PENDING, "right")
    files["app.py"] = files["app.py"].replace("sqlite:///shop.db", "sqlite://")
    app = booted(files, backends=True)
    assert [skipped(rule, app) for rule in (PENDING, DIFFER, CREATED)] == ["the database is in memory"] * 3


def test_a_missing_file_is_told_as_the_reason() -> None:
    """Where the database cannot be asked the rules say why they were skipped."""
    app = _app(PENDING, "right", "pass")
    assert skipped(PENDING, app).endswith("is not there")
    assert skipped(HEADS, app) == ""


def test_a_directory_without_migrations_is_passed_over() -> None:
    """Before `flask db init` there is nothing to say."""
    files = {name: text for name, text in _files(PENDING, "right").items() if not name.startswith("migrations")}
    app = booted(files, backends=True)
    assert skipped(HEADS, app) == "there are no migrations"


def _record(**facts: object) -> LiveApp:
    answer = Answer("migrations", "migrations", "sqlite:///x.db", "answers", facts=facts)
    return LiveApp("shop", instances=(Instance("migrate", "shop:migrate", bound="this"),), answers=(answer,))


def _missing(what: str, table: str = "item") -> dict[str, str]:
    return {"what": what, "table": table, "name": "", "text": f"{what} {table}"}


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"drift": [_missing("missing index")]}, Level.warning),
        ({"drift": [_missing("extra table"), _missing("missing table")]}, Level.error),
        ({"drift": [_missing("extra table")], "filters": True}, None),
        ({"drift": [_missing("extra column")], "callbacks": 1}, None),
        ({"drift": [_missing("comment")]}, None),
        ({"drift": [], "bind": "audit"}, None),
        ({}, None),
    ],
)
def test_what_differs_decides_the_level(facts: dict[str, object], level: Level | None) -> None:
    """What is missing is an error, what `env.py` may leave out and comments are nothing."""
    found = findings(DIFFER, _record(current=["1a"], **facts))
    assert [one.level for one in found] == ([] if level is None else [level])


def test_many_differences_are_counted() -> None:
    """Of many differences three are told and the rest is counted; the bind is named."""
    drift = [_missing("missing column", f"t{number}") for number in range(6)]
    (one,) = findings(DIFFER, _record(current=["1a"], bind="audit", drift=drift))
    assert one.message.startswith("the database of bind `audit`")
    assert one.message.endswith("and 3 more")


def test_revisions_that_cannot_be_read_are_passed_over() -> None:
    """Where a file computes its revision the heads are not known."""
    assert skipped(HEADS, _record(heads=["1", "2"], unread=["x.py"])).startswith("some migrations")


def test_without_a_migrate_the_finding_stands_for_the_app() -> None:
    """A finding without an instance has the place of the app."""
    answer = Answer("migrations", "migrations", "", "answers", facts={"current": [], "pending": [{"revision": "1a"}]})
    (one,) = findings(PENDING, LiveApp("shop", answers=(answer,)))
    assert one.place.path == ""


@pytest.mark.parametrize(
    "facts",
    [
        {"heads": [], "current": [], "drift": []},
        {"heads": ["1a"], "current": [], "drift": [], "missing_tables": ["item"]},
        {"heads": ["1a"], "current": []},
        {"heads": ["1a"], "current": ["1a"], "drift": []},
        {"heads": ["1a"], "current": [], "drift": []},
    ],
)
def test_create_all_is_only_told_where_tables_stand(facts: dict[str, object]) -> None:
    """Without models, tables, revisions or a comparison nobody can say who made the tables."""
    assert findings(CREATED, _record(**facts)) == []


def test_where_nothing_is_known_the_reason_is_general() -> None:
    """An answer without a reason still gives one."""
    app = LiveApp("shop", answers=(Answer("migrations", "migrations", "", "refuses"),))
    assert skipped(PENDING, app) == "where the database stands is not known"


BOUND = "migrate/bound-without-db"
APP = """
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db, other = SQLAlchemy(), SQLAlchemy()
app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db.init_app(app)
"""


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("migrate = Migrate()\nmigrate.init_app(app)", "has no database: `flask db migrate` will fail"),
        ("migrate = Migrate(app, other)", "a database that does not serve this app"),
    ],
)
def test_a_migrate_without_the_database_of_the_app_is_found(text: str, part: str) -> None:
    """A Migrate that is bound without a database, or to another one, is found by its name."""
    (one,) = live(BOUND, APP + text)
    assert part in one.message
    assert one.symbol == "app:migrate"


@pytest.mark.parametrize(
    "text",
    [
        "migrate = Migrate(app, db)",
        "migrate = Migrate()\nmigrate.init_app(app, db)",
        "migrate = Migrate(db=db)\nmigrate.init_app(app)",
        "migrate = Migrate(app)",
        "migrate = None",
    ],
)
def test_a_migrate_with_the_database_of_the_app_is_silent(text: str) -> None:
    """However the database reaches it, a Migrate that has it is no finding."""
    assert live(BOUND, APP + text) == []
