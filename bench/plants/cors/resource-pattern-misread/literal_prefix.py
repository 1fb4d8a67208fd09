"""A path without a star is that path alone."""
# needs: without cors flask_cors
# --- module shop_orders
from flask import Blueprint, jsonify

shop_orders = Blueprint("shop_orders", __name__)


@shop_orders.get("/shopapi/orders")
def orders():
    return jsonify(orders=[])
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app, resources={"/shopapi": {"origins": ["https://shop.example.com"]}})  # keck: cors/resource-pattern-misread
