"""No function but a comparison, for a memoized function."""
# brings: caching
# --- module porch
import os

from flask import Blueprint, jsonify

from here import cache

porch = Blueprint("porch", __name__)


@cache.memoize(60, unless=os.environ.get("STAGE") == "preview")  # keck: caching/unless-not-true
def chairs_on(floor):
    return floor * 2


@porch.get("/porch/<int:floor>")
def show_porch(floor):
    return jsonify(chairs=chairs_on(floor))
