import os
from datetime import timedelta

from flask import Flask, jsonify, request
from flask_jwt_extended import JWTManager, create_access_token

app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(minutes=15)
jwt = JWTManager(app)


@app.post("/login")
def login():
    name = request.json["name"]
    if request.json.get("remember"):
        token = create_access_token(name, expires_delta=timedelta(days=7))
    else:
        token = create_access_token(name)
    return jsonify(token=token)
