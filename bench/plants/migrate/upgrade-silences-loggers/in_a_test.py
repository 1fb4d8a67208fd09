"""A downgrade in a test, and the keyword that says what is the default."""
# needs: never fileConfig
# needs: factory
# brings: sqlalchemy
# brings: migrate
# --- file migrations/env.py
# from logging import config as logs
#
# from alembic import context
#
# config = context.config
# logs.fileConfig(config.config_file_name, disable_existing_loggers=True)  # keck: migrate/upgrade-silences-loggers
# --- test test_down
from flask_migrate import downgrade as lower

from here import create_app


def test_down():
    with create_app().app_context():
        lower(revision="base")
