import os

from flask import Flask
from flask_cors import CORS


def create_app():
    app = Flask(__name__)
    app.config["CORS_ORIGINS"] = ["https://shop.example"]
    app.config["CORS_SUPPORTS_CREDENTIALS"] = os.environ.get("SHOP_COOKIES", "False").lower() in {"1", "true", "yes", "on"}
    CORS(app)

    @app.get("/prices")
    def prices():
        return {"tea": 4}

    return app
