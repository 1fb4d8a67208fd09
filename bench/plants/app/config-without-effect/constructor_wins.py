"""The constructor's config wins over the app's."""
# needs: without caching flask_caching
# --- module stored
import os

from flask_caching import Cache

cache = Cache(config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": os.environ["CACHE_REDIS_URL"]})
# --- factory
from here.stored import cache

app.config["CACHE_TYPE"] = "NullCache"  # keck: app/config-without-effect
cache.init_app(app)
