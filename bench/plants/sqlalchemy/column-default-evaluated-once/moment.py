"""The time at which the module was imported."""
# brings: sqlalchemy
# --- module parcels
from datetime import datetime

from here import db


class Parcel(db.Model):
    __tablename__ = "planted_parcel"
    id = db.Column(db.Integer, primary_key=True)
    packed_at = db.Column(db.DateTime, default=datetime.utcnow())  # keck: sqlalchemy/column-default-evaluated-once
