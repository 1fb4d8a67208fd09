"""Wrapped by hand where it is registered."""
# brings: caching
# --- module guestbook
from flask import Blueprint, jsonify

from here import cache

guestbook = Blueprint("guestbook", __name__)
ENTRIES = []


def sign():
    ENTRIES.append("hello")
    return jsonify(entries=len(ENTRIES))


guestbook.add_url_rule("/guestbook", view_func=cache.cached(timeout=60)(sign), methods=["PUT"])  # keck: caching/cached-non-get
