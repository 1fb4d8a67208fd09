"""The decorator."""
# needs: without cors flask_cors
# needs: no-files
# --- module orders_api
from flask import Blueprint, jsonify
from flask_cors import cross_origin as shared

orders_api = Blueprint("orders_api", __name__)


@orders_api.get("/orders-api")
@shared(supports_credentials=True)  # keck: cors/any-origin-with-credentials
def orders():
    return jsonify(orders=[])
