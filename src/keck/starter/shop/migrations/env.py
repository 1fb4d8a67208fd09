"""How `flask db` runs the revisions: on the engine of the app, with the models' metadata."""

from __future__ import annotations

from alembic import context
from click import ClickException
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from shop.database import Moment

extension = current_app.extensions["migrate"]
database = extension.db


def render_item(kind: str, item: object, _: object) -> str | bool:
    """Write the service's own column types as what they are in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def run() -> None:
    """Run the revisions in one transaction, with a lock against a second runner on PostgreSQL.

    SQLite changes a column by copying its table and dropping the old one. With foreign keys on, everything that refers
    to the old one would be deleted along with it; so they are off meanwhile, and looked at in the end.
    """
    options = {**extension.configure_args, "target_metadata": database.metadata, "render_item": render_item}
    if context.is_offline_mode():
        context.configure(url=database.engine.url, literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    with _connected() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.detach()  # not for the service: it is closed in the end
            connection.connection.execute("PRAGMA foreign_keys = OFF")
        context.configure(connection=connection, transactional_ddl=True, **options)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('migrations'))")
            context.run_migrations()
            if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise RuntimeError("rows refer to rows that are not there any more; nothing was changed")


def _connected() -> Connection:
    try:
        return database.engine.connect()
    except OperationalError as error:
        raise ClickException(f"the database cannot be reached (DATABASE_URL): {error.orig}") from None


run()
