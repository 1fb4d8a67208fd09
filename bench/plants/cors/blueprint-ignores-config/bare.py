"""CORS on a blueprint, the origins in the config."""
# needs: without cors flask_cors
# --- module orders_api
from flask import Blueprint, jsonify
from flask_cors import CORS

orders_api = Blueprint("orders_api", __name__)
CORS(orders_api)  # keck: cors/blueprint-ignores-config


@orders_api.get("/orders-api")
def orders():
    return jsonify(orders=[])
# --- early
app.config["CORS_ORIGINS"] = ["https://shop.example.com"]
