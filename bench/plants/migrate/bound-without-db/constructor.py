"""`Migrate(app)`."""
# needs: without migrate flask_migrate
# brings: sqlalchemy
# needs: never create_all
# --- factory
from flask_migrate import Migrate

migrate = Migrate(app)  # keck: migrate/bound-without-db, app/extension-bound-in-constructor
