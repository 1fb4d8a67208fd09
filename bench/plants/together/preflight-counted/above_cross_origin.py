"""A limit above cross_origin."""
# needs: never request_filter
# brings: limiter_bare
# --- module basket
from flask import Blueprint, jsonify
from flask_cors import cross_origin

from here import limiter

basket = Blueprint("basket", __name__)


@basket.post("/basket")
@limiter.limit("20/minute")  # keck: together/preflight-counted
@cross_origin(origins=["https://a.example"])
def fill_basket():
    return jsonify(items=[])
