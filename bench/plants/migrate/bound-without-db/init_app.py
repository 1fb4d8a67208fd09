"""Two phases, without the database in either."""
# needs: without migrate flask_migrate
# brings: sqlalchemy
# needs: never create_all
# --- module revisions
from flask_migrate import Migrate

migrate = Migrate()
# --- factory
from here.revisions import migrate

migrate.init_app(app)  # keck: migrate/bound-without-db
