from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://")


class Config:
    RATELIMIT_ENABLED = True


class Testing(Config):
    RATELIMIT_ENABLED = False
    TESTING = True


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    limiter.init_app(app)

    @app.post("/login")
    @limiter.limit("5 per minute")
    def login():
        return {"ok": True}

    return app
