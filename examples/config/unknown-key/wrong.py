import os

from flask import Flask
from flask_cors import CORS
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address)


class Config:
    RATELIMIT_STORAGE_URL = os.environ.get("REDIS_URL", "memory://")  # keck: config/unknown-key
    RATELIMIT_DEFAULT = "200 per hour"
    CORS_ORIGIN = "https://shop.example"  # keck: config/unknown-key


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    limiter.init_app(app)
    CORS(app)
    return app
