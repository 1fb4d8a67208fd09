"""A comma-separated text."""
# needs: without cors flask_cors
# --- module orders_api
from flask import Blueprint, jsonify
from flask_cors import cross_origin

orders_api = Blueprint("orders_api", __name__)


@orders_api.get("/orders-api")
@cross_origin(origins="https://shop.example.com,https://www.example.com")  # keck: cors/origin-never-matches
def orders():
    return jsonify(orders=[])
