"""A password without a user, with update."""
# brings: caching
# --- early
app.config.update(CACHE_REDIS_URL="redis://:Zr81mmQp@cache.shop.internal:6379/1")  # keck: config/password-in-source
