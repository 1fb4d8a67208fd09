import os

from flask import Flask, jsonify
from flask_jwt_extended import JWTManager, current_user, jwt_required
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
db = SQLAlchemy(app)
jwt = JWTManager(app)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)


@jwt.user_lookup_loader
def load_user(jwt_header, jwt_payload):
    return db.session.get(User, int(jwt_payload["sub"]))


@app.get("/me")
@jwt_required()
def me():
    return jsonify(name=current_user.name)
