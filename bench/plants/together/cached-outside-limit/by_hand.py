"""By hand where the view is registered."""
# brings: caching
# brings: limiter
# --- module lookup
from flask import Blueprint, jsonify

from here import cache as store
from here import limiter

lookup = Blueprint("lookup", __name__)


def look_up():
    return jsonify(words=[])


lookup.add_url_rule("/lookup", view_func=store.cached(60, "lookup")(limiter.limit("30/minute")(look_up)))  # keck: together/cached-outside-limit
