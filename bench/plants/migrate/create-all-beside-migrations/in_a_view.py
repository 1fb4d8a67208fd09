"""In a view that sets things up."""
# needs: migrations
# needs: with migrate
# --- module install
from flask import Blueprint, jsonify

from here import db

install = Blueprint("install", __name__)


@install.post("/install")
def run_install():
    db.create_all()  # keck: migrate/create-all-beside-migrations
    return jsonify(ok=True)
