"""A view that only says goodbye."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# --- module leaving
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

leaving = Blueprint("leaving", __name__)


@leaving.post("/api/logout")  # keck: jwt/logout-without-revocation
@jwt_required()
def logout():
    return jsonify(message="logged out")
