from flask import Blueprint, Flask, jsonify
from flask_cors import CORS

api = Blueprint("api", __name__, url_prefix="/api")
CORS(api)  # keck: cors/blueprint-ignores-config


@api.get("/prices")
def prices():
    return jsonify(tea=3)


def create_app():
    app = Flask(__name__)
    app.config["CORS_ORIGINS"] = ["https://shop.example"]
    app.register_blueprint(api)
    return app
