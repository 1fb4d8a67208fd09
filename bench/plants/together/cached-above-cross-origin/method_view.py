"""In a list of decorators, where the last is outermost."""
# brings: caching
# --- module kiosk
import flask_cors
from flask import Blueprint, jsonify
from flask.views import MethodView

from here import cache as store

kiosk = Blueprint("kiosk", __name__)


class Kiosk(MethodView):
    decorators = [
        flask_cors.cross_origin(origins=["https://a.example", "https://b.example"]),
        store.cached(timeout=60),  # keck: together/cached-above-cross-origin
    ]

    def get(self):
        return jsonify(papers=3)


kiosk.add_url_rule("/kiosk", view_func=Kiosk.as_view("kiosk"))
