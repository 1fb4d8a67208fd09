"""The revisions: up, down and up again, one head, and nothing that the models have and they have not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from apiflask import APIFlask
from flask_migrate import downgrade
from flask_migrate import upgrade
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shop import create_app
from shop.database import unit_of_work
from shop.extensions import db
from shop.extensions import migrate
from shop.models import Item
from shop.models import LoginSession
from shop.models import User

from tests.conftest import settings
from tests.people import add_user
from tests.people import log_in

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"


def upgrade():
    {loses}
    with op.batch_alter_table("users") as table:
        table.alter_column("role", existing_type=sa.String(20), type_=sa.String(30))
"""


@pytest.fixture
def empty(tmp_path: Path) -> APIFlask:
    """An app on a database without tables."""
    return create_app(settings(database_url=f"sqlite:///{tmp_path / 'empty.db'}"))


def tables() -> set[str]:
    """The tables that are there, without Alembic's own."""
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_up_down_up(empty: APIFlask) -> None:
    """All revisions make all tables, undo that, and make them again."""
    with empty.app_context():
        wanted = set(db.metadata.tables)
        assert tables() == set()
        upgrade()
        assert tables() == wanted
        downgrade(revision="base")
        assert tables() == set()
        upgrade()
        assert tables() == wanted


def test_one_step_back_and_forth(empty: APIFlask) -> None:
    """Each revision alone can be undone and done again."""
    with empty.app_context():
        upgrade()
        steps = len(list(ScriptDirectory(migrate.directory).walk_revisions()))
        for step in range(1, steps + 1):
            downgrade(revision=f"-{step}")
            upgrade()
        assert tables() == set(db.metadata.tables)


@pytest.mark.parametrize("orphans", [False, True])
def test_changed_column_keeps_what_refers_to_its_table(app: APIFlask, tmp_path: Path, orphans: bool) -> None:
    """SQLite makes the table anew, and drops the old one: sessions stay. A revision that loses users is undone."""
    add_user(app)
    log_in(app)
    folder = Path(shutil.copytree(migrate.directory, tmp_path / "migrations"))
    (head,) = ScriptDirectory(str(folder)).get_heads()
    loses = 'op.execute("DELETE FROM users")' if orphans else "pass"
    (folder / "versions" / "next.py").write_text(REVISION.format(head=head, loses=loses))
    with app.app_context():
        if orphans:
            with pytest.raises(SystemExit):
                upgrade(directory=str(folder))
        else:
            upgrade(directory=str(folder))
        assert db.session.scalar(select(func.count()).select_from(LoginSession)) == 1
        assert db.session.scalar(select(func.count()).select_from(User)) == 1
        with db.engine.connect() as connection:
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_there_is_one_head() -> None:
    """The revisions are one line from the first to the last."""
    script = ScriptDirectory(migrate.directory)
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_models_and_revisions_agree(app: APIFlask) -> None:
    """What the revisions make is what the models say: columns, types, indexes, constraints."""
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, db.metadata) == []


def test_constraints_hold(app: APIFlask) -> None:
    """The database itself refuses a negative price."""
    with app.app_context(), pytest.raises(IntegrityError), unit_of_work(db) as work:
        work.add(Item(name="x", category="x", price=-1))


def test_every_constraint_has_a_name(app: APIFlask) -> None:
    """A constraint without a name could not be dropped by a later revision."""
    with app.app_context():
        found = inspect(db.engine)
        for table in db.metadata.tables:
            constraints = [
                *found.get_unique_constraints(table),
                *found.get_foreign_keys(table),
                *found.get_check_constraints(table),
                found.get_pk_constraint(table),
            ]
            assert all(constraint["name"] for constraint in constraints), table
