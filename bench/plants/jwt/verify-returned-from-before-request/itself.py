"""The check itself is registered, under another name."""
# needs: since flask-jwt-extended 4.0
# brings: jwt
# --- module cellar
from flask import Blueprint, jsonify
from flask_jwt_extended import verify_jwt_in_request as members_only

cellar = Blueprint("cellar", __name__)
cellar.before_request(members_only)  # keck: jwt/verify-returned-from-before-request


@cellar.get("/cellar")
def show_cellar():
    return jsonify(wine=12)
