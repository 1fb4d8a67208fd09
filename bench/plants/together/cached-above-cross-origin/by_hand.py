"""By hand where the view is registered."""
# brings: caching
# --- module kiosk
from flask import Blueprint, jsonify
from flask_cors import cross_origin as for_partners

from here import cache

kiosk = Blueprint("kiosk", __name__)


def show_kiosk():
    return jsonify(papers=3)


kiosk.add_url_rule("/kiosk", view_func=cache.cached(60)(for_partners(origins="https://a.example")(show_kiosk)))  # keck: together/cached-above-cross-origin
