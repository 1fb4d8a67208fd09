"""A shared limit in the list of a MethodView, where the last is outermost."""
# needs: never request_filter
# brings: limiter_bare
# --- module basket
import flask_cors
from flask import Blueprint, jsonify
from flask.views import MethodView

from here import limiter as limits

basket = Blueprint("basket", __name__)


class Basket(MethodView):
    decorators = [
        flask_cors.cross_origin(origins=["https://a.example"]),
        limits.shared_limit("20/minute", scope="baskets"),  # keck: together/preflight-counted
    ]

    def put(self):
        return jsonify(items=[])


basket.add_url_rule("/basket", view_func=Basket.as_view("basket"))
