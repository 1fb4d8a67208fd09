"""The upgrade of Alembic, in a command."""
# needs: never fileConfig
# brings: sqlalchemy
# brings: migrate
# --- file migrations/env.py
# from logging.config import fileConfig as configure
#
# from alembic import context
#
# if context.config.config_file_name is not None:
#     configure(context.config.config_file_name)  # keck: migrate/upgrade-silences-loggers
# --- module raising
import click
from alembic import command
from alembic.config import Config


@click.command("raise-tables")
def raise_tables():
    command.upgrade(Config("migrations/alembic.ini"), "head")
    click.echo("done")
# --- factory
from here.raising import raise_tables

app.cli.add_command(raise_tables)
