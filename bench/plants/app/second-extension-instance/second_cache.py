"""A view cached with a second Cache."""
# brings: caching
# --- module prices
import flask_caching
from flask import Blueprint, jsonify

prices = Blueprint("prices", __name__)
price_cache = flask_caching.Cache()  # keck: app/second-extension-instance, app/extension-never-bound


@prices.route("/prices")
@price_cache.cached(timeout=60)
def list_prices():
    return jsonify(prices=[1, 2])
