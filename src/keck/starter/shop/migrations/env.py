"""How `flask db` runs the revisions: on the engine of the app, with the models' metadata."""

from __future__ import annotations

from alembic import context
from flask import current_app

from shop.database import Moment

extension = current_app.extensions["migrate"]
database = extension.db


def render_item(kind: str, item: object, _: object) -> str | bool:
    """Write the service's own column types as what they are in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def run() -> None:
    """Run the revisions, each in a transaction of its own, with a lock against a second runner on PostgreSQL."""
    options = {**extension.configure_args, "target_metadata": database.metadata, "render_item": render_item}
    if context.is_offline_mode():
        context.configure(url=database.engine.url, literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    with database.engine.connect() as connection:
        context.configure(connection=connection, transactional_ddl=True, **options)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('migrations'))")
            context.run_migrations()


run()
