"""The old name of the simple cache."""
# needs: without caching flask_caching
# --- module stored
from flask_caching import Cache

cache = Cache()
# --- factory
from here.stored import cache

app.config["CACHE_TYPE"] = "simple"  # keck: caching/type-not-caching
cache.init_app(app)
