"""The app of a module, its config changed in a fixture."""
# needs: module-app
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# --- test test_planted_module
import pytest
from here import app, db


@pytest.fixture(scope="module")
def planted_client():
    app.config["TESTING"] = True
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///test.db"  # keck: app/test-override-after-bind
    with app.app_context():
        db.create_all()
    yield app.test_client()
    with app.app_context():
        db.drop_all()


def test_root(planted_client):
    assert planted_client.get("/").status_code
