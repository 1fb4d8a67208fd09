"""In a list of decorators, below a guard, where the last is outermost."""
# brings: jwt
# brings: caching
# brings: limiter
# --- module lookup
from flask import Blueprint, jsonify
from flask.views import MethodView
from flask_jwt_extended import jwt_required

from here import cache, limiter as limits

lookup = Blueprint("lookup", __name__)


class Lookup(MethodView):
    decorators = [
        limits.limit("30/minute"),
        cache.cached(timeout=60, query_string=True),  # keck: together/cached-outside-limit
        jwt_required(),
    ]

    def get(self):
        return jsonify(words=[])


lookup.add_url_rule("/lookup", view_func=Lookup.as_view("lookup"))
