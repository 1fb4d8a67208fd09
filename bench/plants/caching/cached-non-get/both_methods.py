"""One view for the form and its answer."""
# brings: caching
# --- module guestbook
from flask import Blueprint, jsonify, request

from here import cache

guestbook = Blueprint("guestbook", __name__)
ENTRIES = []


@guestbook.route("/guestbook", methods=["GET", "POST"])
@cache.cached(timeout=60)  # keck: caching/cached-non-get
def entries():
    if request.method == "POST":
        ENTRIES.append("hello")
    return jsonify(entries=ENTRIES)
