"""One key for all numbers."""
# brings: caching
# --- module catalogue_api
from flask import Blueprint, jsonify

from here import cache

catalogue_api = Blueprint("catalogue_api", __name__)


@catalogue_api.route("/catalogue-api/<int:number>")
@cache.cached(timeout=60, key_prefix="catalogue_item")  # keck: caching/key-too-coarse
def item(number):
    return jsonify(number=number)
