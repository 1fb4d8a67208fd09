"""A helper of the tests, with from_mapping."""
# needs: factory
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# --- test test_planted_helper
import pytest
from here import create_app, db


def make_app(uri):
    application = create_app()
    application.config.from_mapping(SQLALCHEMY_DATABASE_URI=uri, TESTING=True)  # keck: app/test-override-after-bind
    return application


@pytest.fixture
def planted_client(tmp_path):
    application = make_app(f"sqlite:///{tmp_path}/test.db")
    with application.app_context():
        db.drop_all()
        db.create_all()
    return application.test_client()
