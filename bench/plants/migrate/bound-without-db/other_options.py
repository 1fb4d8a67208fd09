"""Options, but no database."""
# needs: without migrate flask_migrate
# brings: sqlalchemy
# needs: never create_all
# --- module revisions
import flask_migrate as fm

migrations = fm.Migrate(compare_type=True)
# --- factory
from here.revisions import migrations

migrations.init_app(app=app, directory="revisions")  # keck: migrate/bound-without-db
