"""Put together from literals."""
# needs: without limiter flask_limiter
# needs: unset RATELIMIT_STORAGE_URI
# --- module limits
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=["60/minute"])
# --- factory
from here.limits import limiter

LIMITS_USER = "shop"
LIMITS_PASSWORD = "Wq7zx0Lm"
app.config["RATELIMIT_STORAGE_URI"] = f"redis://{LIMITS_USER}:{LIMITS_PASSWORD}@limits.shop.internal/0"  # keck: config/password-in-source
limiter.init_app(app)
