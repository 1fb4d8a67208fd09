"""The next turn of a loop, in a command."""
# brings: sqlalchemy
# --- module loading
import click
from sqlalchemy.exc import IntegrityError

from here import Row, db


@click.command("load-rows")
@click.argument("numbers", nargs=-1, type=int)
def load_rows(numbers):
    for number in numbers:
        db.session.add(Row(id=number))
        try:
            db.session.commit()
        except IntegrityError:  # keck: sqlalchemy/no-rollback-after-failed-flush
            click.echo(f"{number} is there already")
# --- factory
from here.loading import load_rows

app.cli.add_command(load_rows)
