"""Under an app context where the app is made."""
# needs: migrations
# needs: with migrate
# --- factory
from here import db

with app.app_context():
    db.create_all()  # keck: migrate/create-all-beside-migrations
