import pytest

from app import Product, app, db


@pytest.fixture
def client():
    app.config["TESTING"] = True
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///:memory:"
    with app.app_context():
        db.create_all()
        db.session.add(Product(name="Lapsang", price=820, stock=3))
        db.session.commit()
        yield app.test_client()
        db.drop_all()


def test_front_page_lists_products(client):
    assert b"Lapsang" in client.get("/").data


def test_register_and_login(client):
    account = {"email": "ann@example.com", "password": "oolong"}
    assert client.post("/api/register", json=account).status_code == 201
    answer = client.post("/api/login", json=account)
    assert answer.status_code == 200
    assert "access_token" in answer.json


def test_orders_need_a_token(client):
    assert client.get("/api/orders").status_code == 401
