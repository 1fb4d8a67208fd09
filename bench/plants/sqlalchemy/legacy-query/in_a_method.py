"""In the classmethod of a model of its own."""
# brings: sqlalchemy
# --- module finders
from here import db


class Found(db.Model):
    __tablename__ = "planted_found"
    id = db.Column(db.Integer, primary_key=True)

    @classmethod
    def by_number(cls, number):
        return cls.query.get(number)  # keck: sqlalchemy/legacy-query
