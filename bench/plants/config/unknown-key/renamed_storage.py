"""STORAGE_URL became STORAGE_URI."""
# needs: since flask-limiter 2.0
# brings: limiter
# --- settings
RATELIMIT_STORAGE_URL = "redis://limits.shop.internal:6379"  # keck: config/unknown-key
