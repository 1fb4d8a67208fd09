import os

from flask import Flask, jsonify, request
from flask_jwt_extended import JWTManager, get_jwt_identity, jwt_required
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
db = SQLAlchemy(app)
jwt = JWTManager(app)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)
    points = db.Column(db.Integer, default=0)


@app.get("/me")
@jwt_required()
def me():
    user = db.session.get(User, int(get_jwt_identity()))  # keck: jwt/user-looked-up-by-hand
    return jsonify(name=user.name)


@app.get("/points")
@jwt_required()
def points():
    user = db.session.get(User, int(get_jwt_identity()))
    return jsonify(points=user.points)


@app.put("/me")
@jwt_required()
def rename():
    user = db.session.get(User, int(get_jwt_identity()))
    user.name = request.json["name"]
    db.session.commit()
    return jsonify(name=user.name)
