"""In a script under __main__."""
# needs: migrations
# needs: with migrate
# needs: factory
# --- module fill
from here import create_app, db


def fill():
    app = create_app()
    with app.app_context():
        db.create_all()  # keck: migrate/create-all-beside-migrations


if __name__ == "__main__":
    fill()
