"""Where the app is made, under its context."""
# needs: never fileConfig
# brings: sqlalchemy
# brings: migrate
# --- file migrations/env.py
# from logging.config import fileConfig
#
# from alembic import context
#
# config = context.config
# fileConfig(config.config_file_name)  # keck: migrate/upgrade-silences-loggers
# --- factory
from flask_migrate import upgrade

with app.app_context():
    upgrade()
