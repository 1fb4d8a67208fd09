"""`from app import app` where the instances are made."""
# needs: module-app
# needs: without caching flask_caching
# --- module extensions
import os

from flask_caching import Cache

from here import app  # keck: app/extensions-module-imports-app

app.logger.debug("making extensions")
cache = Cache(config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": os.environ["CACHE_REDIS_URL"]})
# --- factory
from here.extensions import cache

cache.init_app(app)
