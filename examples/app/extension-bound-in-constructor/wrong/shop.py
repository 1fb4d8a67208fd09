import os

from flask import Flask
from flask_jwt_extended import JWTManager
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///shop.db")
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]

db = SQLAlchemy(app)  # keck: app/extension-bound-in-constructor
jwt = JWTManager(app)  # keck: app/extension-bound-in-constructor


class Product(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)


@app.get("/products")
def products():
    return [product.name for product in db.session.scalars(db.select(Product))]
