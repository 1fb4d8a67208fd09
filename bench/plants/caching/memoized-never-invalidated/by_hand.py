"""Memoized by hand under another name."""
# brings: caching
# brings: sqlalchemy
# needs: never clear delete_memoized
# --- module counting
from here import Row, db


def describe(number):
    row = db.session.get(Row, number)
    return {"row": str(row)}


def rename(number):
    row = db.session.get(Row, number)
    row.name = "new"
    db.session.commit()
# --- module readers
from here import cache
from here.counting import describe

described = cache.memoize()(describe)  # keck: caching/memoized-never-invalidated
