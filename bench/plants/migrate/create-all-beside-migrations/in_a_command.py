"""In a command."""
# needs: migrations
# needs: with migrate
# --- module commands_extra
import click

from here import db


@click.command("make-tables")
def make_tables():
    db.create_all()  # keck: migrate/create-all-beside-migrations
    click.echo("made")
# --- factory
from here.commands_extra import make_tables

app.cli.add_command(make_tables)
