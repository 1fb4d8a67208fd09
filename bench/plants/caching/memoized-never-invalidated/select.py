"""A select of all rows, the timeout left to the config."""
# brings: caching
# brings: sqlalchemy
# needs: never clear delete_memoized
# needs: since flask-sqlalchemy 3.0
# --- module readers
from here import Row, cache as store
from here import db


@store.memoize(make_name="rows")  # keck: caching/memoized-never-invalidated
def rows():
    return [str(one) for one in db.session.scalars(db.select(Row)).all()]


def remove(number):
    db.session.delete(db.session.get(Row, number))
    db.session.commit()
