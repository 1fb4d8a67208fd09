"""A view that only takes POST, over the shortcut."""
# brings: caching
# --- module guestbook
from flask import Blueprint, jsonify

from here import cache as store

guestbook = Blueprint("guestbook", __name__)
ENTRIES = []


@guestbook.post("/guestbook")
@store.cached(60)  # keck: caching/cached-non-get
def sign():
    ENTRIES.append("hello")
    return jsonify(entries=len(ENTRIES))
