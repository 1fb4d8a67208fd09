"""A lambda that gives what the session keeps."""
# brings: caching
# --- module porch
from flask import Blueprint, jsonify, session

from here import cache

porch = Blueprint("porch", __name__)


@porch.get("/porch")
@cache.cached(timeout=60, unless=lambda: session.get("member_id"))  # keck: caching/unless-not-true
def show_porch():
    return jsonify(chairs=2)
