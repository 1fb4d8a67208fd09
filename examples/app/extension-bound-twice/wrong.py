from flask import Flask
from flask_cors import CORS

cors = CORS(origins=["https://shop.example"])  # keck: app/extension-bound-twice


def create_app():
    app = Flask(__name__)
    cors.init_app(app)

    @app.get("/prices")
    def prices():
        return {"tea": 4}

    register_api(app)
    return app


def register_api(app):
    cors.init_app(app)

    @app.get("/stock")
    def stock():
        return {"tea": 12}
