import pytest

from app import app as flask_app, cache, db, seed


@pytest.fixture
def app():
    flask_app.config.update(TESTING=True)
    with flask_app.app_context():
        db.drop_all()
        db.create_all()
        seed()
        cache.clear()
    return flask_app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def ida(client):
    client.post('/enter', data={'name': 'Ida'})
    return client
