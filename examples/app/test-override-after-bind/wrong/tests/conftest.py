import pytest
from shop import create_app, db


@pytest.fixture
def app():
    app = create_app()
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"  # keck: app/test-override-after-bind
    with app.app_context():
        db.create_all()
        yield app
        db.drop_all()
