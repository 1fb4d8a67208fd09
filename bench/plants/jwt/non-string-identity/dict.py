"""A dict of what is useful."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# needs: since pyjwt 2.10
# --- module entry
from flask import Blueprint, jsonify, request
from flask_jwt_extended import create_access_token

entry = Blueprint("entry", __name__)


@entry.post("/entry")
def enter():
    caller = {"card": request.json["card"], "role": "guest"}
    token = create_access_token(identity=caller)  # keck: jwt/non-string-identity
    return jsonify(token=token)
