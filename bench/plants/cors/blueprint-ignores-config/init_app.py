"""Two phases on a blueprint, with methods; the origins in the settings."""
# needs: without cors flask_cors
# --- module orders_api
from flask import Blueprint, jsonify
from flask_cors import CORS

orders_api = Blueprint("orders_api", __name__)
cors = CORS()
cors.init_app(orders_api, methods=["GET"])  # keck: cors/blueprint-ignores-config


@orders_api.get("/orders-api")
def orders():
    return jsonify(orders=[])
# --- settings
CORS_ORIGINS = ["https://shop.example.com"]
