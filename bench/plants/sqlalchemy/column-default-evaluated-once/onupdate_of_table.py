"""A day and some more as onupdate, in a table without a class."""
# brings: sqlalchemy
# --- module parcels
import datetime as dt

from here import db as database

parcels = database.Table(
    "planted_parcels",
    database.Column("id", database.Integer, primary_key=True),
    database.Column(
        "due",
        database.Date,
        onupdate=dt.date.today() + dt.timedelta(days=3),  # keck: sqlalchemy/column-default-evaluated-once
    ),
)
