from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=["60 per minute"])  # keck: limiter/process-local-storage


def create_app():
    app = Flask(__name__)
    limiter.init_app(app)

    @app.post("/orders")
    @limiter.limit("5 per minute")
    def order():
        return "", 201

    return app
