"""A converter of Flask's in the pattern, a list of patterns."""
# needs: without cors flask_cors
# --- module shop_orders
from flask import Blueprint, jsonify

shop_orders = Blueprint("shop_orders", __name__)


@shop_orders.get("/shopapi/orders/<int:number>")
def order(number):
    return jsonify(order=number)
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app, resources=["/shopapi/orders/<int:number>"], origins=["https://shop.example.com"])  # keck: cors/resource-pattern-misread
