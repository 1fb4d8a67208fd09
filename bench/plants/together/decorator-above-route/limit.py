"""A limit above the shortcut of a route."""
# brings: limiter
# --- module vault
from flask import Blueprint, jsonify

from here import limiter as limits

vault = Blueprint("vault", __name__)


@limits.limit("5/minute")  # keck: together/decorator-above-route
@vault.get("/vault")
def show_vault():
    return jsonify(vault="gold")
