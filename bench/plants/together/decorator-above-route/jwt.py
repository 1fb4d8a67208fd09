"""jwt_required above the route."""
# brings: jwt
# --- module vault
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

vault = Blueprint("vault", __name__)


@jwt_required()  # keck: together/decorator-above-route
@vault.route("/vault")
def show_vault():
    return jsonify(vault="gold")
