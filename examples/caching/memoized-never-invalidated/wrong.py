from flask import Flask, request
from flask_caching import Cache
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"
app.config["CACHE_TYPE"] = "SimpleCache"
db = SQLAlchemy(app)
cache = Cache(app)


class Product(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    price = db.Column(db.Integer, nullable=False)


@cache.memoize()  # keck: caching/memoized-never-invalidated
def price_of(product_id):
    return db.session.get(Product, product_id).price


@app.put("/products/<int:product_id>")
def change(product_id):
    db.get_or_404(Product, product_id).price = request.get_json()["price"]
    db.session.commit()
    return {"price": price_of(product_id)}
