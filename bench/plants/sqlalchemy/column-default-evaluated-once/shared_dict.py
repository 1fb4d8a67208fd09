"""A dictionary that all rows share, with SQLAlchemy's own Column in a mixin."""
# brings: sqlalchemy
# --- module labelled
from sqlalchemy import JSON, Column


class Labelled:
    labels = Column(JSON, nullable=False, default={})  # keck: sqlalchemy/column-default-evaluated-once
# --- module parcels
from here import db
from here.labelled import Labelled


class Parcel(Labelled, db.Model):
    __tablename__ = "planted_parcel"
    id = db.Column(db.Integer, primary_key=True)
