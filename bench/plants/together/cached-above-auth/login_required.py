"""Above Flask-Login's guard, by hand where it is registered."""
# brings: caching
# --- module vault
from flask import Blueprint, jsonify
from flask_login import login_required

from here import cache

vault = Blueprint("vault", __name__)


@login_required
def show_vault():
    return jsonify(vault="gold")


vault.add_url_rule("/vault", view_func=cache.cached(timeout=60)(show_vault))  # keck: together/cached-above-auth
