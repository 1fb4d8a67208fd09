"""A model declared on a SQLAlchemy() of its own."""
# brings: sqlalchemy
# --- module audit
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()  # keck: app/second-extension-instance, app/extension-never-bound


class AuditEntry(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.String(200))


def note(text):
    db.session.add(AuditEntry(text=text))
    db.session.commit()
# --- factory
from here.audit import note  # noqa: F401
