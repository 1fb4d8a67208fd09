"""cached above jwt_required."""
# brings: jwt
# brings: caching
# --- module vault
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

from here import cache

vault = Blueprint("vault", __name__)


@vault.route("/vault")
@cache.cached(timeout=60)  # keck: together/cached-above-auth
@jwt_required()
def show_vault():
    return jsonify(vault="gold")
