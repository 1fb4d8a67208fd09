"""A query of a model in the handler of every exception, in a view."""
# brings: sqlalchemy
# --- module loading
from flask import Blueprint, jsonify

from here import Row as Entry
from here import db as database

loading = Blueprint("loading", __name__)


@loading.post("/loading")
def load():
    try:
        database.session.add(Entry(id=1))
        database.session.commit()
    except Exception as error:  # keck: sqlalchemy/no-rollback-after-failed-flush
        return jsonify(error=str(error), first=Entry.query.first() is not None), 409
    return jsonify(ok=True), 201
