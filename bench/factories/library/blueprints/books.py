from flask import Blueprint, abort, jsonify, render_template, request

from main import app, cache, db
from models import Book

books = Blueprint("books", __name__)


@books.route("/")
def shelf():
    return render_template("books/shelf.html", books=Book.query.order_by(Book.author, Book.title))


@books.route("/<isbn>")
@cache.cached(timeout=20)
def book(isbn):
    found = db.session.get(Book, isbn)
    if found is None:
        abort(404, f"no book {isbn}")
    return jsonify(isbn=isbn, title=found.title, author=found.author, free=found.free)


@books.route("/<isbn>", methods=["PUT"])
def put(isbn):
    if request.headers.get("X-Key") != app.config["SECRET_KEY"]:
        abort(404)
    db.session.merge(Book(isbn=isbn, **request.get_json()))
    db.session.commit()
    app.logger.info("put %s", isbn)
    return "", 204


@books.app_template_filter("initials")
def initials(name):
    return "".join(word[0] for word in name.split())


@books.before_app_request
def no_long_paths():
    if len(request.path) > 200:
        abort(400, "too long")
