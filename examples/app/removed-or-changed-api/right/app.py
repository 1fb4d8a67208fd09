import os

from flask import Flask, request
from flask_jwt_extended import JWTManager, get_jwt_identity, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
db = SQLAlchemy(app)
jwt = JWTManager(app)
limiter = Limiter(app=app, key_func=get_remote_address, default_limits=["60 per minute"])


class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)


@app.get("/items")
@jwt_required(optional=True)
def items():
    page = request.args.get("page", 1, int)
    found = Item.query.order_by(Item.id).paginate(page=page, per_page=20)
    return {"items": [one.name for one in found], "user": get_jwt_identity()}
