"""A method."""
# brings: caching
# brings: sqlalchemy
# needs: never clear delete_memoized
# --- module readers
from here import Row, cache, db


class Readers:
    @cache.memoize()  # keck: caching/memoized-never-invalidated
    def count(self, kind):
        return db.session.query(Row).count()  # keck: sqlalchemy/legacy-query

    def add(self, number):
        db.session.add(Row(id=number))
        db.session.commit()
