"""cached above cross_origin, with two origins."""
# brings: caching
# --- module kiosk
from flask import Blueprint, jsonify
from flask_cors import cross_origin

from here import cache

kiosk = Blueprint("kiosk", __name__)


@kiosk.route("/kiosk")
@cache.cached(timeout=60)  # keck: together/cached-above-cross-origin
@cross_origin(origins=["https://a.example", "https://b.example"])
def show_kiosk():
    return jsonify(papers=3)
