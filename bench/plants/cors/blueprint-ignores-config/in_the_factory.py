"""Bound in the factory, under another name."""
# needs: without cors flask_cors
# --- module orders_api
from flask import Blueprint, jsonify

orders_api = Blueprint("orders_api", __name__, url_prefix="/v1")


@orders_api.get("/orders-api")
def orders():
    return jsonify(orders=[])
# --- early
import flask_cors
from here.orders_api import orders_api as api

app.config.update(CORS_ORIGINS="https://shop.example.com")
flask_cors.CORS(api, max_age=600)  # keck: cors/blueprint-ignores-config
