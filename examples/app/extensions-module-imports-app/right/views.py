from extensions import db
from main import app


class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.Text, nullable=False)


@app.get("/notes")
def notes():
    return [note.text for note in db.session.scalars(db.select(Note))]
