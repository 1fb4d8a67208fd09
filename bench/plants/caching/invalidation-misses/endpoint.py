"""The name of the endpoint for the key."""
# brings: caching
# needs: never set
# --- module notices
from flask import Blueprint, jsonify

from here import cache

notices = Blueprint("notices", __name__)


@notices.get("/notices")
@cache.cached(timeout=600)
def list_notices():
    return jsonify(notices=[])


@notices.post("/notices")
def add_notice():
    cache.delete("notices.list_notices")  # keck: caching/invalidation-misses
    return jsonify(ok=True)
