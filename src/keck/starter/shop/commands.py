"""Commands that need the database."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError


class DatabaseGroup(AppGroup):
    """A group of commands that end with one line when the database cannot be used."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the command.

        Raises:
            click.ClickException: the database cannot be reached, or has no tables yet.
        """
        try:
            return super().invoke(ctx)
        except OperationalError as error:
            advice = "check DATABASE_URL, and run: flask --app wsgi db upgrade"
            raise click.ClickException(f"the database cannot be used ({error.orig}); {advice}") from None
