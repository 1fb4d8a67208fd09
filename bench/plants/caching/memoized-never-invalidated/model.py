"""A memoized read of a model that is also written."""
# brings: caching
# brings: sqlalchemy
# needs: never clear delete_memoized
# --- module readers
from here import Row, cache, db


@cache.memoize()  # keck: caching/memoized-never-invalidated
def row_of(number):
    return str(db.session.get(Row, number))


def add(number):
    db.session.add(Row(id=number))
    db.session.commit()
