"""As an attribute of a class."""
# brings: sqlalchemy
# --- module ledger
from flask_sqlalchemy import SQLAlchemy


class Storage:
    db = SQLAlchemy()  # keck: app/second-extension-instance, app/extension-never-bound


class LedgerLine(Storage.db.Model):
    id = Storage.db.Column(Storage.db.Integer, primary_key=True)
# --- factory
from here.ledger import LedgerLine  # noqa: F401
