from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://")  # keck: app/extension-inert


class Config:
    RATELIMIT_ENABLED = False


class Production(Config):
    PREFERRED_URL_SCHEME = "https"


def create_app():
    app = Flask(__name__)
    app.config.from_object(Production)
    limiter.init_app(app)

    @app.post("/login")
    @limiter.limit("5 per minute")
    def login():
        return {"ok": True}

    return app
