from flask import Flask
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

cache = Cache()  # keck: together/one-redis-for-cache-and-guards
limiter = Limiter(get_remote_address, key_prefix="shop:limit:")


def create_app():
    app = Flask(__name__)
    app.config["CACHE_TYPE"] = "RedisCache"
    app.config["CACHE_REDIS_URL"] = "redis://redis.internal:6379/0"
    app.config["CACHE_KEY_PREFIX"] = "shop:cache:"
    app.config["RATELIMIT_STORAGE_URI"] = "redis://redis.internal:6379/1"
    cache.init_app(app)
    limiter.init_app(app)
    return app
