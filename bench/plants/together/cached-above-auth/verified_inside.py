"""The view itself asks for the token."""
# brings: jwt
# brings: caching
# --- module vault
from flask import Blueprint, jsonify
from flask_jwt_extended import verify_jwt_in_request

from here import cache

vault = Blueprint("vault", __name__)


@vault.get("/vault")
@cache.cached(60, "vault")  # keck: together/cached-above-auth
def show_vault():
    verify_jwt_in_request()
    return jsonify(vault="gold")
