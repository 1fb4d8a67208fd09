"""The commands `flask user ...`: what an operator does with accounts."""

from __future__ import annotations

from uuid import uuid4

import click
from flask import Flask
from sqlalchemy import and_
from sqlalchemy import delete
from sqlalchemy import not_
from sqlalchemy import or_
from sqlalchemy.exc import IntegrityError

from .accounts.guard import alive
from .accounts.links import link_token
from .accounts.links import make_link
from .accounts.passwords import hash_password
from .accounts.passwords import weakness
from .accounts.users import lock_user
from .commands import DatabaseGroup
from .database import now
from .database import unit_of_work
from .extensions import db
from .models import Link
from .models import LoginSession
from .models import User
from .schemas import LONGEST_PASSWORD
from .schemas import SHORTEST_PASSWORD
from .schemas import normalised

user = DatabaseGroup("user", help="Accounts: the first administrator, links without mail, clearing up.")


class Address(click.ParamType[str]):
    """An e-mail address, normalised."""

    name = "email"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The address as it is stored."""
        try:
            return normalised(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def init_app(app: Flask) -> None:
    """Add the commands to those of `app`."""
    app.cli.add_command(user)


@user.command("create-admin")
@click.option("--email", type=Address(), prompt="E-mail address")
@click.password_option()
def create_admin(email: str, password: str) -> None:
    """Make an account of the role admin. Asks for the password; there is no default."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise click.ClickException(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    reason = weakness(password, email)
    if reason is not None:
        raise click.ClickException(reason)
    moment = now()
    admin = User(id=uuid4(), email=email, password_hash=hash_password(password), role="admin", verified_at=moment)
    try:
        with unit_of_work(db) as work:
            work.add(admin)
    except IntegrityError:
        raise click.ClickException(f"{email} has an account already.") from None
    click.echo(f"{email} is an administrator now.")


@user.command("link")
@click.argument("email", type=Address())
@click.option("--purpose", type=click.Choice(["verify", "reset"]), required=True)
def print_link(email: str, purpose: str) -> None:
    """Print the token of a new link, as a mail would carry it. Older ones of this purpose stop working."""
    with unit_of_work(db) as work:
        owner = lock_user(work, User.email == email)
        if owner is None:
            raise click.ClickException(f"{email} has no account.")
        link = make_link(work, purpose, email, owner)
        token = link_token(link.id, purpose)
    click.echo(token)


@user.command("purge")
def purge() -> None:
    """Delete sessions that are over, and links that open nothing any more."""
    moment = now()
    over = delete(LoginSession).where(not_(and_(*alive(moment))))
    spent = delete(Link).where(or_(Link.used_at.is_not(None), Link.expires_at <= moment))
    with unit_of_work(db) as work:
        for statement in (over, spent):
            work.execute(statement, execution_options={"synchronize_session": False})
    click.echo("Done.")
