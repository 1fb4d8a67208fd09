from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://")


def create_app():
    app = Flask(__name__)
    limiter.init_app(app)

    @app.post("/coupons")
    @limiter.limit("5 per minute")
    def redeem():
        return {"redeemed": request.get_json()["code"]}

    return app
