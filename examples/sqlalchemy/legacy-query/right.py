from flask import Flask, jsonify
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Book(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(80), nullable=False)


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///books.db"
    db.init_app(app)

    @app.get("/books")
    def books():
        return jsonify([book.title for book in db.session.scalars(db.select(Book).order_by(Book.title))])

    @app.get("/books/<int:book_id>")
    def book(book_id):
        found = db.get_or_404(Book, book_id)
        return jsonify(title=found.title)

    @app.get("/count")
    def count():
        number = db.session.scalar(db.select(db.func.count()).select_from(Book))
        return jsonify(count=number)

    return app
