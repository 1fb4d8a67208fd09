import os

from flask import Flask, jsonify, request, session
from flask_jwt_extended import JWTManager, create_access_token

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
jwt = JWTManager(app)


@app.post("/login")
def login():
    session["name"] = request.json["name"]
    return jsonify(token=create_access_token(session["name"]))
