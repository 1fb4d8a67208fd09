"""A strict decorator in an app that admits others."""
# needs: without cors flask_cors
# --- module admin_orders
from flask import Blueprint, abort, jsonify, request
from flask_cors import cross_origin

admin_orders = Blueprint("admin_orders", __name__)


@admin_orders.get("/admin/orders")
@cross_origin(origins=["https://admin.example.com"])  # keck: cors/policies-add-up
def orders():
    if "key" not in request.headers:
        abort(403)
    return jsonify(orders=[])
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app, origins="https://shop.example.com")
