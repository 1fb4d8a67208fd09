"""In a try, because the circle has bitten before."""
# needs: module-app
# needs: without caching flask_caching
# --- module cachework
import os

from flask_caching import Cache

try:
    from here import app  # keck: app/extensions-module-imports-app
except ImportError:
    app = None

cache = Cache(config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": os.environ["CACHE_REDIS_URL"]})
# --- factory
from here.cachework import cache

cache.init_app(app)
