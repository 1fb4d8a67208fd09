"""A cache with its config in the constructor, and no init_app anywhere."""
# needs: without caching flask_caching
# needs: sighted
# --- module figures
import os

from flask import Blueprint, jsonify
from flask_caching import Cache

figures = Blueprint("figures", __name__)
cache = Cache(config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": os.environ["CACHE_REDIS_URL"]})  # keck: app/extension-never-bound


@figures.route("/figures")
@cache.cached(timeout=60)
def show_figures():
    return jsonify(sold=12)
