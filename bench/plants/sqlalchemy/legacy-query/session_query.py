"""db.session.query, in a view."""
# brings: sqlalchemy
# --- module finders
from flask import Blueprint, jsonify

from here import Row, db

finders = Blueprint("finders", __name__)


@finders.get("/finders")
def count():
    return jsonify(count=db.session.query(Row).count())  # keck: sqlalchemy/legacy-query
