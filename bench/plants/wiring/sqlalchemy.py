"""Flask-SQLAlchemy, bound in the factory."""
# --- module own_db
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Row(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80))
# --- factory
import os
from here.own_db import db

app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db.init_app(app)
