"""The star repeats the slash, so that another route is matched too."""
# needs: without cors flask_cors
# --- module shop_orders
from flask import Blueprint, jsonify

shop_orders = Blueprint("shop_orders", __name__)


@shop_orders.get("/shopapi/orders")
def orders():
    return jsonify(orders=[])


@shop_orders.get("/shopapi-internal/keys")
def keys():
    return jsonify(keys=[])
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app, resources={r"/shopapi/*": {"origins": ["https://shop.example.com"]}})  # keck: cors/resource-pattern-misread
