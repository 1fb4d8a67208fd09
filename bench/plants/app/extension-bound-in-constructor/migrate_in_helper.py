"""`Migrate(app, db)` in a function of another module."""
# needs: without migrate flask_migrate
# needs: never create_all
# brings: sqlalchemy
# --- module revisions
from flask_migrate import Migrate

from here import db


def register_migrations(flask_app):
    Migrate(flask_app, db, compare_type=True)  # keck: app/extension-bound-in-constructor
# --- factory
from here.revisions import register_migrations

register_migrations(app)
