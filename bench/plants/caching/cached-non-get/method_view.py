"""In the list of a MethodView that also deletes."""
# brings: caching
# --- module guestbook
from flask import Blueprint, jsonify
from flask.views import MethodView

from here import cache

guestbook = Blueprint("guestbook", __name__)
ENTRIES = []


class Guestbook(MethodView):
    decorators = [cache.cached(timeout=60)]  # keck: caching/cached-non-get

    def get(self):
        return jsonify(entries=ENTRIES)

    def delete(self):
        ENTRIES.clear()
        return jsonify(entries=[])


guestbook.add_url_rule("/guestbook", view_func=Guestbook.as_view("guestbook"))
