"""cached between two routes: one is cached, one is not."""
# brings: caching
# --- module vault
from flask import Blueprint, jsonify

from here import cache

vault = Blueprint("vault", __name__)


@cache.cached(timeout=60)  # keck: together/decorator-above-route
@vault.route("/vault")
@vault.route("/vault/all")
def show_vault():
    return jsonify(vault="gold")
