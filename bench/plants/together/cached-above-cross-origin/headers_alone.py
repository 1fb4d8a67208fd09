"""Headers alone, by a decorator of another module, inside memoize."""
# brings: caching
# --- module partners
from flask_cors import cross_origin

SITES = ["https://a.example", "https://b.example"]
for_partners = cross_origin(origins=SITES, automatic_options=False)
# --- module kiosk
from flask import Blueprint, jsonify

from here import cache
from here.partners import for_partners

kiosk = Blueprint("kiosk", __name__)


@kiosk.get("/kiosk/<paper>")
@cache.memoize(timeout=60)  # keck: together/cached-above-cross-origin
@for_partners
def show_kiosk(paper):
    return jsonify(paper=paper)
