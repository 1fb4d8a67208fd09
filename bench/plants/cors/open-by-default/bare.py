"""CORS without a word about origins, beside a view that changes something."""
# needs: without cors flask_cors
# needs: no-files
# --- module orders_api
from flask import Blueprint, jsonify

orders_api = Blueprint("orders_api", __name__)


@orders_api.post("/orders-api")
def order():
    return jsonify(ordered=True)
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app)  # keck: cors/open-by-default
