"""memory:// where the environment says nothing."""
# needs: without limiter flask_limiter
# --- module limits
import os

from flask_limiter import Limiter as RateLimiter
from flask_limiter.util import get_remote_address

limiter = RateLimiter(  # keck: limiter/process-local-storage
    get_remote_address, default_limits=["60/minute"], storage_uri=os.getenv("LIMITS_URL", "memory://")
)
# --- factory
from here.limits import limiter

limiter.init_app(app)
