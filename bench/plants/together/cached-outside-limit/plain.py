"""cached above a limit."""
# brings: caching
# brings: limiter
# --- module lookup
from flask import Blueprint, jsonify

from here import cache, limiter

lookup = Blueprint("lookup", __name__)


@lookup.get("/lookup/<word>")
@cache.cached(timeout=60)  # keck: together/cached-outside-limit
@limiter.limit("30/minute")
def look_up(word):
    return jsonify(word=word)
