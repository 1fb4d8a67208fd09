"""A page number in the query string."""
# brings: caching
# --- module catalogue_api
from flask import Blueprint, jsonify, request

from here import cache

catalogue_api = Blueprint("catalogue_api", __name__)


@catalogue_api.get("/catalogue-api")
@cache.cached(timeout=60)  # keck: caching/key-too-coarse
def catalogue():
    page = request.args.get("page", 1, type=int)
    return jsonify(page=page)
