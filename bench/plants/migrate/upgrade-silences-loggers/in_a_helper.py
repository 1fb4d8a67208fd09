"""In a helper of another module, as an attribute of the package, with the directory named."""
# needs: never fileConfig
# brings: sqlalchemy
# brings: migrate
# --- file migrations/env.py
# import logging.config
#
# from alembic import context
#
# logging.config.fileConfig(context.config.config_file_name)  # keck: migrate/upgrade-silences-loggers
# --- module preparing
import flask_migrate


def prepare(flask_app):
    with flask_app.app_context():
        flask_migrate.upgrade(directory="migrations", revision="head")
# --- factory
from here.preparing import prepare

prepare(app)
