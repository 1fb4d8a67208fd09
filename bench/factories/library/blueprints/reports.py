import csv
import io

from flask import Blueprint, Response

from main import db
from models import Book, Loan

bp = Blueprint("reports", __name__)


@bp.route("/authors.csv")
def authors():
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["author", "loans"])
    query = db.session.query(Book.author, db.func.count(Loan.id)).outerjoin(Loan).group_by(Book.author)
    writer.writerows(query.order_by(Book.author).all())
    return Response(out.getvalue(), mimetype="text/csv")


@bp.cli.command("overdue")
def overdue():
    """List loans that are late."""
    for loan in Loan.query.filter(Loan.due < db.func.current_date(), Loan.returned.is_(False)):
        print(loan.member.card, loan.book.title)
