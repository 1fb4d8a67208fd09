"""What the treasurer types."""

import csv
import sys

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from ledger.app import Account, Entry, app, balance, db
from ledger.money import Money, shown

export = AppGroup("export", short_help="Write files.")
app.cli.add_command(export)


@app.cli.command("book")
@click.argument("amount", type=Money())
@click.argument("purpose", nargs=-1, required=True)
@click.option("-a", "--account", default="cash", show_default=True)
@click.option("--out/--in", "spent", default=True, help="Spent or received.")
def book(amount, purpose, account, spent):
    """Book AMOUNT for PURPOSE."""
    found = db.session.get(Account, account)
    if found is None:
        raise click.BadParameter(f"no account {account}", param_hint="--account")
    db.session.add(Entry(account=account, cents=-amount if spent else amount, purpose=" ".join(purpose)))
    db.session.commit()
    click.secho(f"{account}: {shown(balance(found))}", fg="red" if balance(found) < 0 else "green")


@export.command("csv")
@click.option("--account", "-a", multiple=True, help="Only these.")
@click.option("--to", type=click.File("w"), default="-")
def export_csv(account, to):
    """All entries as CSV."""
    query = db.select(Entry).order_by(Entry.id)
    if account:
        query = query.where(Entry.account.in_(account))
    writer = csv.writer(to, lineterminator="\n")
    for entry in db.session.scalars(query):
        writer.writerow([entry.id, entry.account, shown(entry.cents), entry.purpose])


@click.command("check")
@click.pass_context
@with_appcontext
def check(ctx):
    """Fail if an account is overdrawn."""
    bad = [one.name for one in db.session.scalars(db.select(Account)) if balance(one) < 0]
    for name in bad:
        click.echo(f"{name} is overdrawn ({current_app.config['LEDGER_CURRENCY']})", err=True)
    if bad:
        ctx.exit(3)


app.cli.add_command(check)


def hurry():
    print("no commands without the books", file=sys.stderr)


if app.config["LEDGER_CURRENCY"] == "GBP":

    @app.cli.command("shillings")
    def shillings():
        """For the old members."""
        click.echo(20)
