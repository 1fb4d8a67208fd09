"""A fixture that writes the key after the factory has run."""
# needs: factory
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# --- test test_planted_fixture
import pytest
from here import create_app, db


@pytest.fixture
def planted_app():
    app = create_app()
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///:memory:"  # keck: app/test-override-after-bind
    with app.app_context():
        db.create_all()
        yield app
        db.drop_all()


def test_index(planted_app):
    assert planted_app.test_client().get("/").status_code
