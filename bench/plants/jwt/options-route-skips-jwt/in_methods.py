"""OPTIONS listed among the methods."""
# brings: jwt
# needs: since flask-jwt-extended 4.0
# --- module letters_api
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

letters_api = Blueprint("letters_api", __name__)


@letters_api.route("/letters-api", methods=["GET", "OPTIONS"])
@jwt_required()
def letters():  # keck: jwt/options-route-skips-jwt
    return jsonify(letters=["secret"])
