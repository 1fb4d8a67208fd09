from extensions import db
from shop import create_app


def test_products():
    app = create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://", "JWT_SECRET_KEY": "only for tests"})
    with app.app_context():
        db.create_all()
    assert app.test_client().get("/products").status_code == 200
