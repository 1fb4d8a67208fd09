import os

from flask import Flask, abort, jsonify, request
from flask_jwt_extended import JWTManager, create_access_token, get_jwt_identity, jwt_required
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
db = SQLAlchemy(app)
jwt = JWTManager(app)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), unique=True, nullable=False)


@app.post("/login")
def login():
    user = db.session.execute(db.select(User).filter_by(name=request.json["name"])).scalar_one_or_none()
    if user is None:
        abort(401)
    return jsonify(token=create_access_token(identity=user.id))  # keck: jwt/non-string-identity


@app.get("/me")
@jwt_required()
def me():
    return jsonify(id=get_jwt_identity())
