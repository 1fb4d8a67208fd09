"""A password without a user, with update."""
# needs: without caching flask_caching
# needs: unset CACHE_REDIS_URL
# --- module stored
from flask_caching import Cache

cache = Cache()
# --- factory
from here.stored import cache

app.config.update(CACHE_TYPE="RedisCache", CACHE_REDIS_URL="redis://:Zr81mmQp@cache.shop.internal:6379/1")  # keck: config/password-in-source
cache.init_app(app)
