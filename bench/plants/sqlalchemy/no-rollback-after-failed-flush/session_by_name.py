"""The session under a name of its own, a bare except, in a helper."""
# brings: sqlalchemy
# --- module loading
from here import Row, db

session = db.session


def load(number):
    session.add(Row(id=number))
    try:
        session.flush()
    except:  # keck: sqlalchemy/no-rollback-after-failed-flush
        print("there already:", number)
    return session.scalar(db.select(Row).where(Row.id == number))
