"""A hook of a blueprint ends in return."""
# needs: since flask-jwt-extended 4.0
# brings: jwt
# --- module cellar
from flask import Blueprint, jsonify
from flask_jwt_extended import verify_jwt_in_request

cellar = Blueprint("cellar", __name__)


@cellar.before_request
def members_only():
    return verify_jwt_in_request()  # keck: jwt/verify-returned-from-before-request


@cellar.get("/cellar")
def show_cellar():
    return jsonify(wine=12)
