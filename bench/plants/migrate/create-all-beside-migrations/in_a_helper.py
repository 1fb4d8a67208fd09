"""In a helper of another module."""
# needs: migrations
# needs: with migrate
# --- module preparing
from here import db as database


def prepare(flask_app):
    with flask_app.app_context():
        database.create_all()  # keck: migrate/create-all-beside-migrations
# --- factory
from here.preparing import prepare

prepare(app)
