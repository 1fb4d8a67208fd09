"""Flask-Migrate, bound in the factory with the database."""
# --- module own_migrate
from flask_migrate import Migrate

migrate = Migrate()
# --- factory
from here.own_migrate import migrate
from here import db

migrate.init_app(app, db)
