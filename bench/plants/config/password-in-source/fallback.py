"""The environment, with a literal to fall back to."""
# brings: limiter
# --- settings
import os
RATELIMIT_STORAGE_URI = os.environ.get("LIMITS_URL", "redis://default:pP0o9i8u@limits.shop.internal:6379")  # keck: config/password-in-source
