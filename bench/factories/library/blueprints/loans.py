from flask import Blueprint, abort, jsonify, url_for
from flask_jwt_extended import current_user, jwt_required

from main import cache, db
from models import Book, Loan

loans = Blueprint("loans", __name__, url_prefix="/loans")


@loans.before_request
@jwt_required()
def members_only():
    pass


@loans.get("")
def mine():
    return jsonify([{"isbn": one.isbn, "due": one.due.isoformat()} for one in current_user.loans if not one.returned])


@loans.post("/<isbn>")
def borrow(isbn):
    book = db.get_or_404(Book, isbn, description=f"no book {isbn}")
    if not book.free:
        abort(409, "all are lent")
    db.session.add(Loan(book=book, member=current_user))
    db.session.commit()
    forget(isbn)
    return "", 201


@loans.delete("/<isbn>")
def give_back(isbn):
    loan = Loan.query.filter_by(isbn=isbn, member=current_user, returned=False).first_or_404(f"you have no {isbn}")
    loan.returned = True
    db.session.commit()
    forget(isbn)
    return "", 204


def forget(isbn):
    cache.delete("view/" + url_for("books.book", isbn=isbn))
