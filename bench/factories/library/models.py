from datetime import date, timedelta

from flask import current_app
from werkzeug.security import check_password_hash, generate_password_hash

from main import db


class Book(db.Model):
    isbn = db.Column(db.String(13), primary_key=True)
    title = db.Column(db.String(200), nullable=False)
    author = db.Column(db.String(100), nullable=False, index=True)
    copies = db.Column(db.Integer, default=1, nullable=False)
    loans = db.relationship("Loan", back_populates="book")

    @property
    def free(self):
        return self.copies - sum(1 for loan in self.loans if not loan.returned)


class Member(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    card = db.Column(db.String(10), unique=True, nullable=False)
    _pin = db.Column("pin", db.String(200), nullable=False)
    loans = db.relationship("Loan", back_populates="member")

    @property
    def pin(self):
        raise AttributeError("write only")

    @pin.setter
    def pin(self, pin):
        self._pin = generate_password_hash(pin, "pbkdf2:sha256:1")

    def has_pin(self, pin):
        return check_password_hash(self._pin, pin)


def due():
    return date.today() + timedelta(days=current_app.config["LOAN_DAYS"])


class Loan(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    isbn = db.Column(db.ForeignKey("book.isbn"), nullable=False)
    member_id = db.Column(db.ForeignKey("member.id"), nullable=False)
    due = db.Column(db.Date, default=due, nullable=False)
    returned = db.Column(db.Boolean, default=False, nullable=False)
    book = db.relationship("Book", back_populates="loans")
    member = db.relationship("Member", back_populates="loans")
