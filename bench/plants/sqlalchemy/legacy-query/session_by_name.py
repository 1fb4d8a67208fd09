"""The session and the model under other names."""
# brings: sqlalchemy
# --- module finders
from here import Row as Entry
from here import db as database

session = database.session


def first():
    return session.query(Entry).filter_by(id=1).first()  # keck: sqlalchemy/legacy-query
