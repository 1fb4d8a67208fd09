"""No type at all, and a view that relies on it."""
# needs: without caching flask_caching
# needs: unset CACHE_TYPE
# needs: seen
# --- module stored
from flask_caching import Cache

cache = Cache()  # keck: caching/type-not-caching
# --- module times
from flask import Blueprint, jsonify

from here.stored import cache

times = Blueprint("times", __name__)


@times.get("/times")
@cache.cached(timeout=60)
def show_times():
    return jsonify(times=[])
# --- factory
from here.stored import cache

cache.init_app(app)
