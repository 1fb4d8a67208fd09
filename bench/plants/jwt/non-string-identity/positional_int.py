"""A number by position, both tokens."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# needs: since pyjwt 2.10
# --- module entry
import flask_jwt_extended as tokens
from flask import Blueprint, jsonify, request

entry = Blueprint("entry", __name__)


@entry.post("/entry")
def enter():
    number = int(request.json["card"])
    return jsonify(token=tokens.create_access_token(number))  # keck: jwt/non-string-identity
