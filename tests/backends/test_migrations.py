"""Where the database stands among its revisions, and where tables and models differ."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from flask import Flask
from flask_migrate import Migrate  # type: ignore[import-untyped]
from flask_sqlalchemy import SQLAlchemy

from keck.live.record import Answer
from tests.backends import apps
from tests.service.servers.postgres import Postgres

ROOT = Path(__file__).parents[2]
Made = tuple[Flask, SQLAlchemy, Path]


@pytest.fixture(scope="module")
def applied(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, str]:
    """A database at the head of its one revision, the directory of that, and its id; to be copied from."""
    url, directory = postgres.database(), tmp_path_factory.mktemp("made") / "migrations"
    flask_db(directory, url, {}, "init()", "migrate(message='first')", "upgrade()")
    (path,) = (directory / "versions").glob("*.py")
    (directory / "env.py").write_text("raise SystemExit('env.py was run')", encoding="utf-8")
    return url, directory, path.name.partition("_")[0]


def flask_db(directory: Path, url: str, binds: dict[str, str], *calls: str) -> None:
    """Run functions of Flask-Migrate in a process of its own: `env.py` changes the logging of the one it runs in."""
    lines = [
        "from flask_migrate import Migrate, init, migrate, revision, upgrade",
        "from tests.backends import apps",
        f"app, db = apps.with_database({url!r}, SQLALCHEMY_BINDS={binds!r})",
        f"Migrate(app, db, directory={str(directory)!r})",
        "app.app_context().push()",
        *calls,
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def made(postgres: Postgres, applied: tuple[str, Path, str], tmp_path: Path) -> Made:
    """An app of a test's own with all applied."""
    url, source, _ = applied
    directory = tmp_path / "migrations"
    copy(source, directory)
    found, db = apps.with_database(postgres.database(url))
    Migrate(found, db, directory=str(directory))
    return found, db, directory


def copy(source: Path, target: Path) -> None:
    """Copy a migrations directory, compiled files apart."""
    (target / "versions").mkdir(parents=True)
    for path in (*source.glob("*.*"), *source.glob("versions/*.py")):
        (target / path.relative_to(source)).write_bytes(path.read_bytes())


def add(directory: Path, name: str, before: str) -> None:
    """Add a revision that would end the process if it were run."""
    text = f'"""{name}"""\nraise SystemExit("a revision was run")\nrevision = "{name}"\ndown_revision = "{before}"\n'
    (directory / "versions" / f"{name}.py").write_text(text, encoding="utf-8")


def run(made: Made, *statements: str) -> None:
    """Change the database."""
    with made[0].app_context(), made[1].engine.begin() as connection:
        for one in statements:
            connection.execute(sqlalchemy.text(one))
    with made[0].app_context():
        made[1].engine.dispose()


def asked(made: Made) -> Answer:
    """Return the answer."""
    return apps.answer(made[0], "migrations")


def test_at_the_head(made: Made, applied: tuple[str, Path, str]) -> None:
    """All applied and nothing drifted; neither `env.py` nor a revision is run, no file is made."""
    before = contents(made[2])
    one = asked(made)
    assert (one.state, one.detail) == ("answers", f"at the head {applied[2]}")
    assert (
        one.facts.items()
        >= {
            "bind": "",
            "directory": made[2].as_posix(),
            "heads": [applied[2]],
            "current": [applied[2]],
            "pending": [],
            "unknown": [],
            "absent": [],
            "unread": [],
            "drift": [],
            "missing_tables": [],
            "extra_tables": [],
            "filters": False,
            "callbacks": 0,
        }.items()
    )
    assert one.where.startswith("postgresql+psycopg://service:***@")
    assert contents(made[2]) == before


def contents(directory: Path) -> dict[str, str]:
    """Return each file with the hash of what is in it."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_behind(made: Made, applied: tuple[str, Path, str]) -> None:
    """Revisions that are not applied are pending, the next one first."""
    add(made[2], "next", applied[2])
    add(made[2], "last", "next")
    one = asked(made)
    assert one.detail == f"at {applied[2]}, 2 pending"
    assert [each["revision"] for each in one.facts["pending"]] == ["next", "last"]
    assert one.facts["pending"][0] == {
        "revision": "next",
        "doc": "next",
        "path": (made[2] / "versions" / "next.py").as_posix(),
    }


def test_never_migrated(made: Made) -> None:
    """A database without the table of its revision has all of them before it, and lacks the tables."""
    run(made, "DROP TABLE alembic_version, person, boat")
    one = asked(made)
    assert one.detail == "never migrated, 1 pending; 3 differences between tables and models"
    assert sorted(one.facts["missing_tables"]) == ["boat", "person"]
    assert one.facts["current"] == []


def test_ahead(made: Made) -> None:
    """A database at a revision that no file has is at an unknown one."""
    run(made, "UPDATE alembic_version SET version_num = 'from_elsewhere'")
    one = asked(made)
    assert (one.state, one.facts["unknown"]) == ("answers", ["from_elsewhere"])
    assert one.detail == "the database is at from_elsewhere, which no file has"


def test_several_heads(made: Made, applied: tuple[str, Path, str]) -> None:
    """Two revisions after one are two heads."""
    add(made[2], "one", applied[2])
    add(made[2], "two", applied[2])
    one = asked(made)
    assert (one.facts["heads"], one.detail) == (["one", "two"], "2 heads: one, two")


def test_absent_revision(made: Made) -> None:
    """A revision that comes after one that is nowhere says so."""
    add(made[2], "lost", "nowhere")
    assert asked(made).facts["absent"] == ["nowhere"]


def test_no_revisions(made: Made) -> None:
    """A directory without revisions has no head."""
    for path in (made[2] / "versions").glob("*.py"):
        path.unlink()
    run(made, "DELETE FROM alembic_version")
    assert asked(made).detail == "there are no revisions"


def test_directory_is_missing(made: Made) -> None:
    """A directory that is not there, or has no settings, is missing."""
    (made[2] / "alembic.ini").unlink()
    one = asked(made)
    assert (one.state, one.detail) == ("missing", f"the directory {made[2].as_posix()} has no alembic.ini")
    made[0].extensions["migrate"].directory = str(made[2] / "none")
    one = asked(made)
    assert (one.state, one.detail) == ("missing", f"the directory {made[2].as_posix()}/none is not there")


@pytest.mark.parametrize(
    ("statement", "what", "table", "name"),
    [
        ("CREATE TABLE legacy (id int)", "extra table", "legacy", ""),
        ("DROP TABLE boat", "missing table", "boat", ""),
        ("ALTER TABLE person ADD age int", "extra column", "person", "age"),
        ("ALTER TABLE person DROP name", "missing column", "person", "name"),
        ("ALTER TABLE person ALTER name TYPE varchar(80)", "type", "person", "name"),
        ("ALTER TABLE person ALTER name DROP NOT NULL", "nullable", "person", "name"),
        ("DROP INDEX ix_boat_name", "missing index", "boat", "ix_boat_name"),
        ("CREATE INDEX mine ON person (name)", "extra index", "person", "mine"),
        ("ALTER TABLE person ADD CONSTRAINT own UNIQUE (name)", "extra constraint", "person", "own"),
        ("ALTER TABLE boat ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES person", "extra foreign key", "boat", "f"),
        ("COMMENT ON TABLE person IS 'us'", "comment", "person", ""),
    ],
)
def test_drift(made: Made, statement: str, what: str, table: str, name: str) -> None:
    """Each difference between tables and models is named with its table and its name."""
    run(made, statement)
    one = asked(made)
    found = one.facts["drift"]
    assert {"what": what, "table": table, "name": name}.items() <= found[0].items(), found
    assert table in found[0]["text"]
    assert (table in one.facts["extra_tables"], table in one.facts["missing_tables"]) == (
        what == "extra table",
        what == "missing table",
    )
    assert "between tables and models" in one.detail


def test_drift_in_words(made: Made) -> None:
    """A changed type shows both sides."""
    run(made, "ALTER TABLE person ALTER name TYPE varchar(80), ALTER name SET DEFAULT 'x'")
    found = [one["text"] for one in asked(made).facts["drift"]]
    assert found == ["person.name: type is VARCHAR(80) in the database and VARCHAR(40) in the model"]


def test_options_of_migrate_are_honoured(made: Made) -> None:
    """`include_object`, `compare_server_default` and the name of the version table change what is compared."""

    def ours(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:  # noqa: ANN401
        _ = thing, kind, reflected, compare_to
        return not str(name).startswith("legacy")

    run(
        made,
        "CREATE TABLE legacy_one (id int)",
        "ALTER TABLE person ALTER name SET DEFAULT 'x'",
        "ALTER TABLE alembic_version RENAME TO own_version",
    )
    options = {"include_object": ours, "compare_server_default": True, "version_table": "own_version"}
    Migrate(made[0], made[1], directory=str(made[2]), **options)
    one = asked(made)
    assert one.detail.startswith("at the head ")
    assert [(each["what"], each["name"]) for each in one.facts["drift"]] == [("default", "name")]


def test_other_schemas(made: Made) -> None:
    """With `include_schemas` tables of other schemas are named with these."""
    run(made, "CREATE SCHEMA audit", "CREATE TABLE audit.entry (id int)")
    assert asked(made).facts["drift"] == []
    Migrate(made[0], made[1], directory=str(made[2]), include_schemas=True)
    assert asked(made).facts["extra_tables"] == ["audit.entry"]


def test_comparison_that_fails(made: Made, applied: tuple[str, Path, str]) -> None:
    """Where tables and models can't be compared, the revisions are told all the same."""

    def broken(*arguments: object) -> bool:
        raise LookupError(str(len(arguments)))

    Migrate(made[0], made[1], directory=str(made[2]), include_object=broken)
    one = asked(made)
    assert (one.state, one.facts["current"]) == ("answers", [applied[2]])
    assert one.facts["drift_unknown"].startswith("LookupError")
    assert one.detail.endswith("; tables and models could not be compared")


def test_filters_and_callbacks_are_told(made: Made) -> None:
    """What `env.py` and `@migrate.configure` may do is not run, but told."""
    (made[2] / "env.py").write_text("context.configure(include_object=mine)\n1/0", encoding="utf-8")
    made[0].extensions["migrate"].migrate.configure(int)
    one = asked(made)
    assert (one.state, one.facts["filters"], one.facts["callbacks"]) == ("answers", True, 1)


def test_nothing_is_written(made: Made) -> None:
    """The server counts no row written and no table made while it is asked."""
    count = (
        "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del), count(*) FROM pg_stat_user_tables",
        "SELECT pg_current_wal_lsn()",
    )

    def state() -> list[Any]:
        with made[0].app_context(), made[1].engine.connect() as connection:
            return [tuple(connection.execute(sqlalchemy.text(one)).one()) for one in count]

    before = state()
    assert {one.state for one in apps.answers(made[0], "migrations")} == {"answers"}
    assert state()[0] == before[0]
    with made[0].app_context():
        made[1].engine.dispose()


def test_no_database(tmp_path: Path) -> None:
    """A Migrate without a db, or with one of no engine in this app, is skipped."""
    made = apps.app()
    Migrate().init_app(made)
    one = apps.answer(made, "migrations")
    assert (one.state, one.detail) == ("skipped", "Migrate has no db")
    Migrate(made, SQLAlchemy(), directory=str(tmp_path))
    one = apps.answer(made, "migrations")
    assert (one.state, one.detail) == ("skipped", "its database has no engine in this app")
    assert one.facts == {"directory": tmp_path.as_posix()}
    made.extensions["sqlalchemy"] = type("Old", (), {})()
    assert apps.answer(made, "migrations").state == "skipped"


def test_database_is_unreachable(made: Made, dead: int) -> None:
    """A database that is not there is told of once: its migrations are skipped, and are known all the same."""
    found, db = apps.with_database(f"postgresql+psycopg://ada:hidden@127.0.0.1:{dead}/shop")
    Migrate(found, db, directory=str(made[2]))
    one = apps.answer(found, "migrations")
    assert (one.state, len(one.facts["heads"])) == ("skipped", 1)
    assert "hidden" not in str(one)


@pytest.mark.parametrize("prepare", [Path.exists, Path.touch], ids=["missing", "empty"])
def test_sqlite(made: Made, tmp_path: Path, prepare: Callable[[Path], object]) -> None:
    """A SQLite file that is missing stays so; one that is empty was never migrated."""
    path = tmp_path / "shop.db"
    prepare(path)
    found, db = apps.with_database(f"sqlite:///{path}")
    Migrate(found, db, directory=str(made[2]))
    there = path.exists()
    one = apps.answer(found, "migrations")
    assert one.state == ("answers" if there else "missing")
    assert path.exists() is there
    if there:
        assert one.detail.startswith("never migrated, 1 pending")


def test_each_bind_has_its_migrations(tmp_path: Path) -> None:
    """With a function for each database, each bind is asked; without, the default alone."""
    directory, files = tmp_path / "migrations", [tmp_path / "a.db", tmp_path / "b.db"]
    for path in files:
        path.touch()
    binds = {"audit": f"sqlite:///{files[1]}"}
    found, db = apps.with_database(f"sqlite:///{files[0]}", SQLALCHEMY_BINDS=binds)
    db.Table("entry", sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True), bind_key="audit")
    Migrate(found, db, directory=str(directory))
    flask_db(directory, f"sqlite:///{files[0]}", binds, "init(multidb=True)", "revision(message='first')")
    answers = apps.answers(found, "migrations")
    assert [one.name for one in answers] == ["migrations", 'migrations of bind "audit"']
    assert [one.facts["missing_tables"] for one in answers] == [["boat", "person"], ["entry"]]
    for path in (directory / "versions").glob("*.py"):
        path.write_text(path.read_text(encoding="utf-8").replace("(engine_name)", "()"), encoding="utf-8")
    assert [one.name for one in apps.answers(found, "migrations")] == ["migrations"]


def test_old_extension_has_one_metadata(made: Made) -> None:
    """A db without metadata for each bind is asked for its only one."""

    class Old:
        """As Flask-SQLAlchemy 2 was."""

        metadata = sqlalchemy.MetaData()

    made[0].extensions["migrate"].db = Old()
    assert sorted(asked(made).facts["extra_tables"]) == ["boat", "person"]
