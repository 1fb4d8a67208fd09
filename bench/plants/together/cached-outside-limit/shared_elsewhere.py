"""A shared limit of another module, inside memoize."""
# brings: caching
# brings: limiter
# --- module paces
from here import limiter

slowly = limiter.shared_limit("30/minute", scope="lookups")
# --- module lookup
from flask import Blueprint, jsonify

from here import cache
from here.paces import slowly

lookup = Blueprint("lookup", __name__)


@lookup.route("/lookup/<word>")
@cache.memoize(60)  # keck: together/cached-outside-limit
@slowly
def look_up(word):
    return jsonify(word=word)
