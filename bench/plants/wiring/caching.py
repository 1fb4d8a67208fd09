"""Flask-Caching with Redis, bound in the factory."""
# --- module own_cache
from flask_caching import Cache

cache = Cache()
# --- factory
import os
from here.own_cache import cache

app.config["CACHE_TYPE"] = "RedisCache"
app.config["CACHE_REDIS_URL"] = os.environ["CACHE_REDIS_URL"]
cache.init_app(app)
