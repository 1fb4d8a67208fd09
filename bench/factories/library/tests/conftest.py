import os

os.environ["LIBRARY_DB"] = "sqlite://"

import pytest

import main
from main import app, db
from models import Book


@pytest.fixture
def client():
    app.testing = True
    main.cache.init_app(app)
    main.limiter.reset()
    with app.app_context():
        db.create_all()
        db.session.add(Book(isbn="1", title="Emma", author="Jane Austen"))
        db.session.add(Book(isbn="2", title="Ulysses", author="James Joyce", copies=2))
        db.session.commit()
    yield app.test_client()
    with app.app_context():
        db.session.remove()
        db.drop_all()


@pytest.fixture
def reader(client):
    client.post("/members/", data={"card": "c1", "pin": "1"})
    token = client.post("/members/token", data={"card": "c1", "pin": "1"}).json["token"]
    return {"Authorization": f"Bearer {token}"}
