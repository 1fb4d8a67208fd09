from flask import Flask, jsonify, session
from flask_cors import CORS

cors = CORS(supports_credentials=True)


def create_app():
    app = Flask(__name__)
    cors.init_app(app, resources={r"^/api/.*$": {"origins": "*"}})  # keck: cors/any-origin-with-credentials

    @app.get("/api/me")
    def me():
        return jsonify(name=session.get("name"))

    return app
