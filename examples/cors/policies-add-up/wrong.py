from flask import Blueprint, Flask, jsonify
from flask_cors import CORS

admin = Blueprint("admin", __name__, url_prefix="/admin")
CORS(admin, origins=["https://admin.example"])  # keck: cors/policies-add-up


@admin.get("/orders")
def orders():
    return jsonify([])


def create_app():
    app = Flask(__name__)
    CORS(app, origins=["https://admin.example", "https://shop.example"])
    app.register_blueprint(admin)
    return app
