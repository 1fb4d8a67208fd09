"""The old name of Redis, in the constructor."""
# needs: without caching flask_caching
# --- module stored
import os

from flask_caching import Cache

cache = Cache(config={"CACHE_TYPE": "redis", "CACHE_REDIS_URL": os.environ["CACHE_REDIS_URL"]})  # keck: caching/type-not-caching
# --- factory
from here.stored import cache

cache.init_app(app)
