"""The identity of the caller in the list of a MethodView."""
# brings: jwt
# brings: caching
# --- module porch
from flask import Blueprint, jsonify
from flask.views import MethodView
from flask_jwt_extended import get_jwt_identity as caller, jwt_required

from here import cache

porch = Blueprint("porch", __name__)


class Porch(MethodView):
    decorators = [
        cache.cached(60, unless=caller),  # keck: caching/unless-not-true
        jwt_required(optional=True),
    ]

    def get(self):
        return jsonify(chairs=2)


porch.add_url_rule("/porch", view_func=Porch.as_view("porch"))
