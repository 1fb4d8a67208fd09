"""A star for the port, in a decorator."""
# needs: without cors flask_cors
# --- module orders_api
from flask import Blueprint, jsonify
from flask_cors import cross_origin

orders_api = Blueprint("orders_api", __name__)


@orders_api.get("/orders-api")
@cross_origin(origins=["http://shop.example.com:*"])  # keck: cors/origin-pattern-too-wide
def orders():
    return jsonify(orders=[])
