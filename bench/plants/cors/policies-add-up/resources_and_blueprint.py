"""A pattern of the app's policy covers the blueprint."""
# needs: without cors flask_cors
# --- module admin_orders
from flask import Blueprint, jsonify
from flask_cors import CORS

admin_orders = Blueprint("admin_orders", __name__, url_prefix="/shopapi/admin")
CORS(admin_orders, origins=["https://admin.example.com"], supports_credentials=True)  # keck: cors/policies-add-up


@admin_orders.get("/orders")
def orders():
    return jsonify(orders=[])
# --- factory
import flask_cors

sharing = flask_cors.CORS()
sharing.init_app(app, resources={r"/shopapi/.*": {"origins": ["https://shop.example.com"]}})
