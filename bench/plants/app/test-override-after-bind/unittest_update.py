"""unittest, with update on an attribute."""
# needs: factory
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# --- test test_planted_case
import unittest

from here import create_app, db


class PlantedCase(unittest.TestCase):
    def setUp(self):
        self.app = create_app()
        self.app.config.update(  # keck: app/test-override-after-bind
            TESTING=True,
            SQLALCHEMY_DATABASE_URI="sqlite://",
        )
        self.context = self.app.app_context()
        self.context.push()
        db.create_all()

    def tearDown(self):
        db.session.remove()
        db.drop_all()
        self.context.pop()
