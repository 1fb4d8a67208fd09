"""What cron runs: python tools.py remind"""
import sys


def remind(days=0):
    """Print whose loans end soon."""
    from main import app, db
    from models import Loan, due

    with app.app_context():
        db.create_all()
        for loan in Loan.query.filter_by(returned=False).filter(Loan.due <= due()):
            print(loan.member.card, loan.book.title)
        return app.config["LOAN_DAYS"] - days


if __name__ == "__main__":
    sys.exit(0 if remind(*map(int, sys.argv[2:])) else 1)
