from flask import Flask
from flask_caching import Cache

cache = Cache()  # keck: backends/unreachable


def create_app():
    app = Flask(__name__)
    app.config["CACHE_TYPE"] = "RedisCache"
    app.config["CACHE_REDIS_URL"] = "redis://localhost:1/0"
    app.config["CACHE_KEY_PREFIX"] = "shop:cache:"
    cache.init_app(app)
    return app
