import os

from extensions import db, jwt
from flask import Blueprint, Flask
from models import Product

pages = Blueprint("pages", __name__)


@pages.get("/products")
def products():
    return [product.name for product in db.session.scalars(db.select(Product))]


def create_app(config=None):
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///shop.db")
    app.config["JWT_SECRET_KEY"] = os.environ.get("JWT_SECRET_KEY")
    app.config.update(config or {})
    db.init_app(app)
    jwt.init_app(app)
    app.register_blueprint(pages)
    return app
