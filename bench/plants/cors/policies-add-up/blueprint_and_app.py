"""A strict blueprint under an open app."""
# needs: without cors flask_cors
# --- module admin_orders
from flask import Blueprint, jsonify
from flask_cors import CORS

admin_orders = Blueprint("admin_orders", __name__)
CORS(admin_orders, origins=["https://admin.example.com"])  # keck: cors/policies-add-up


@admin_orders.get("/admin/orders")
def orders():
    return jsonify(orders=[])
# --- factory
from flask_cors import CORS

cors = CORS()
cors.init_app(app, origins=["https://shop.example.com", "https://www.example.com"])
