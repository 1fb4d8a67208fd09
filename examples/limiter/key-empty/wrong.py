import os

from flask import Flask, request
from flask_limiter import Limiter


def api_key():
    return request.headers.get("X-API-Key")  # keck: limiter/key-empty


limiter = Limiter(api_key, default_limits=["100 per hour"], storage_uri=os.environ.get("RATELIMIT_URL"))


def create_app():
    app = Flask(__name__)
    limiter.init_app(app)

    @app.get("/prices")
    def prices():
        return {"apple": 3}

    return app
