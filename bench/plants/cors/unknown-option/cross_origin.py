"""In the decorator."""
# needs: without cors flask_cors
# --- module orders_api
from flask import Blueprint, jsonify
from flask_cors import cross_origin

orders_api = Blueprint("orders_api", __name__)


@orders_api.get("/orders-api")
@cross_origin(allowed_origins=["https://shop.example.com"])  # keck: cors/unknown-option
def orders():
    return jsonify(orders=[])
