"""Model.query."""
# brings: sqlalchemy
# --- module finders
from here import Row


def all_rows():
    return Row.query.all()  # keck: sqlalchemy/legacy-query
