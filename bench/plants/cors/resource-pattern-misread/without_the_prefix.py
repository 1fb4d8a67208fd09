"""The prefix of the blueprint is forgotten."""
# needs: without cors flask_cors
# --- module shop_orders
from flask import Blueprint, jsonify
from flask_cors import CORS

shop_orders = Blueprint("shop_orders", __name__, url_prefix="/shopapi/v1")
CORS(shop_orders, resources={r"/orders/.*": {"origins": ["https://shop.example.com"]}})  # keck: cors/resource-pattern-misread


@shop_orders.get("/orders/<int:number>")
def order(number):
    return jsonify(order=number)
