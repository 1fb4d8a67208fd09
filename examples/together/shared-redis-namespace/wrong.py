from flask import Flask
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

cache = Cache()  # keck: together/shared-redis-namespace
limiter = Limiter(get_remote_address)  # keck: together/shared-redis-namespace


def create_app():
    app = Flask(__name__)
    app.config["CACHE_TYPE"] = "RedisCache"
    app.config["CACHE_REDIS_URL"] = "redis://cache.internal:6379/0"
    app.config["RATELIMIT_STORAGE_URI"] = "redis://redis.internal:6379/0"
    cache.init_app(app)
    limiter.init_app(app)
    return app
