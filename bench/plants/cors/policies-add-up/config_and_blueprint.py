"""The app's policy stands in the config, the blueprint's in a call in the factory."""
# needs: without cors flask_cors
# --- module admin_orders
from flask import Blueprint, jsonify

admin_orders = Blueprint("admin_orders", __name__)


@admin_orders.get("/admin/orders")
def orders():
    return jsonify(orders=[])
# --- factory
import flask_cors
from here.admin_orders import admin_orders

app.config["CORS_ORIGINS"] = ["https://shop.example.com"]
admin_cors = flask_cors.CORS()
admin_cors.init_app(admin_orders, origins="https://admin.example.com")  # keck: cors/policies-add-up
cors = flask_cors.CORS()
cors.init_app(app)
