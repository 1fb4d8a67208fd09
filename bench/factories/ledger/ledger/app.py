import os

import click
from flask import Flask, g, jsonify, request
from flask_httpauth import HTTPTokenAuth
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from ledger import __version__, money


def database():
    """Where the books are: an absolute path, as cron calls us from anywhere."""
    return "sqlite:///" + os.path.abspath(os.environ.get("LEDGER", "ledger.sqlite"))


app = Flask(__name__)
app.config |= {
    "SQLALCHEMY_DATABASE_URI": os.environ.get("LEDGER_URL") or database(),
    "LEDGER_CURRENCY": "EUR",
    "LEDGER_TOKENS": {"treasurer-token": "treasurer", "auditor-token": "auditor"},
}
app.config.setdefault("JSONIFY_PRETTYPRINT_REGULAR", True)
app.cli.short_help = "The ledger."

# fmt: off
db      = SQLAlchemy(app, session_options={"expire_on_commit": False})
migrate = Migrate(app, db, command="migrations")
auth    = HTTPTokenAuth("Bearer")
# fmt: on

if app.debug:
    app.config["SQLALCHEMY_ECHO"] = True


class Account(db.Model):
    name = db.Column(db.String(40), primary_key=True)
    opened = db.Column(db.Integer, default=0, nullable=False)


class Entry(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    account = db.Column(db.ForeignKey(Account.name), nullable=False)
    cents = db.Column(db.Integer, nullable=False)
    purpose = db.Column(db.String(100), nullable=False)


def balance(account):
    booked = db.session.scalar(db.select(db.func.sum(Entry.cents)).filter_by(account=account.name)) or 0
    return account.opened + booked


@auth.verify_token
def verify(token):
    return app.config["LEDGER_TOKENS"].get(token)


@auth.get_user_roles
def roles(user):
    return [user]


@app.before_request
def currency():
    g.currency = request.args.get("currency", app.config["LEDGER_CURRENCY"])


@app.route("/version")
def version():
    return jsonify(version=__version__)


@app.route("/balances")
@auth.login_required
def balances():
    accounts = db.session.scalars(db.select(Account).order_by(Account.name))
    return jsonify({one.name: f"{money.shown(balance(one))} {g.currency}" for one in accounts})


@app.route("/entries", methods=("GET", "POST"))
@auth.login_required(role=["treasurer"])
def entries():
    if request.method == "POST":
        db.session.add(Entry(**request.get_json()))
        db.session.commit()
    rows = db.session.scalars(db.select(Entry).order_by(Entry.id))
    return jsonify([{"account": row.account, "cents": row.cents, "purpose": row.purpose} for row in rows])


@auth.error_handler
def refused(status):
    return jsonify(error="log in" if status == 401 else "treasurers only"), status


@app.cli.command()
@click.option("--drop", is_flag=True, help="Throw away what there is.")
@click.argument("accounts", nargs=-1)
def init(drop, accounts):
    """Make the tables and ACCOUNTS."""
    if drop:
        click.confirm("Really?", abort=True)
        db.drop_all()
    db.create_all()
    db.session.add_all(Account(name=name) for name in accounts or ["cash"])
    db.session.commit()
    click.echo(f"{len(accounts or ['cash'])} accounts in {app.config['LEDGER_CURRENCY']}")


from ledger import commands  # noqa: E402, F401
