from flask import Flask, request
from flask_cors import CORS
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

cors = CORS()
limiter = Limiter(get_remote_address, storage_uri="memory://", default_limits=["20 per minute"])


@limiter.request_filter
def is_preflight():
    return request.method == "OPTIONS"


def create_app():
    app = Flask(__name__)
    cors.init_app(app, origins=["https://shop.example"])
    limiter.init_app(app)

    @app.put("/cart")
    def put_cart():
        return {"items": []}

    return app
