"""A view that only says goodbye."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# --- module arriving
from flask_jwt_extended import create_access_token


def token_for(guest):
    return create_access_token(identity=str(guest))
# --- module leaving
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

leaving = Blueprint("leaving", __name__)


@leaving.post("/api/logout")
@jwt_required()
def logout():  # keck: jwt/logout-without-revocation
    return jsonify(message="logged out")
