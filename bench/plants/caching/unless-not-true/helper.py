"""A function of another module that gives a part of the query, for a forced update."""
# brings: caching
# --- module freshness
from flask import request


def wants_fresh():
    if request.path.startswith("/porch/preview"):
        return True
    return request.args.get("fresh")
# --- module porch
from flask import Blueprint, jsonify

from here import cache as store
from here.freshness import wants_fresh

porch = Blueprint("porch", __name__)


@porch.route("/porch")
@store.cached(
    timeout=60,
    query_string=True,
    forced_update=wants_fresh,  # keck: caching/unless-not-true
)
def show_porch():
    return jsonify(chairs=2)
