"""A subclass, bound in a helper."""
# needs: without migrate flask_migrate
# brings: sqlalchemy
# needs: never create_all
# --- module revisions
from flask_migrate import Migrate as Base


class Migrate(Base):
    pass


revisions = Migrate(directory="revisions")


def set_up(flask_app):
    revisions.init_app(flask_app)  # keck: migrate/bound-without-db
# --- factory
from here.revisions import set_up

set_up(app)
