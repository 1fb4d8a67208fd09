"""The bare path for the key, under another name."""
# brings: caching
# needs: never set
# --- module notices
from flask import Blueprint, jsonify

from here import cache as store

notices = Blueprint("notices", __name__)


@notices.get("/notices")
@store.cached(timeout=600)
def list_notices():
    return jsonify(notices=[])


@notices.delete("/notices")
def clear_notices():
    store.delete("/notices")  # keck: caching/invalidation-misses
    return jsonify(ok=True)
