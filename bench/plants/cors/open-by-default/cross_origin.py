"""The decorator on a view."""
# needs: without cors flask_cors
# needs: no-files
# --- module orders_api
from flask import Blueprint, jsonify
from flask_cors import cross_origin

orders_api = Blueprint("orders_api", __name__)


@orders_api.route("/orders-api", methods=["POST"])
@cross_origin()  # keck: cors/open-by-default
def order():
    return jsonify(ordered=True)
