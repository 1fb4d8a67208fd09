from extensions import db
from flask import Blueprint


class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.Text, nullable=False)


pages = Blueprint("pages", __name__)


@pages.get("/notes")
def notes():
    return [note.text for note in db.session.scalars(db.select(Note))]
