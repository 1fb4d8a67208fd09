"""A path, inside resources."""
# needs: without cors flask_cors
# --- factory
import flask_cors

sharing = flask_cors.CORS()
sharing.init_app(app, resources={r"/shopapi/.*": {"origins": "https://www.example.com/shop"}})  # keck: cors/origin-never-matches
# --- module shop_orders
from flask import Blueprint, jsonify

shop_orders = Blueprint("shop_orders", __name__)


@shop_orders.get("/shopapi/orders")
def orders():
    return jsonify(orders=[])
