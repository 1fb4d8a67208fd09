from flask import Blueprint, Flask, jsonify
from flask_cors import CORS

admin = Blueprint("admin", __name__, url_prefix="/admin")


@admin.get("/orders")
def orders():
    return jsonify([])


def create_app():
    app = Flask(__name__)
    CORS(app, resources={
        r"^/admin(/.*)?$": {"origins": ["https://admin.example"]},
        r"^/(?!admin(/|$)).*$": {"origins": ["https://admin.example", "https://shop.example"]},
    })
    app.register_blueprint(admin)
    return app
