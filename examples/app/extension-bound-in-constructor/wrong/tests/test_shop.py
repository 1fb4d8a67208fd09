from shop import app


def test_products():
    assert app.test_client().get("/products").status_code == 200
