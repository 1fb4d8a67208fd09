"""memory:// in words, by keyword."""
# needs: without limiter flask_limiter
# --- module limits
import flask_limiter
from flask_limiter.util import get_remote_address

limiter = flask_limiter.Limiter(  # keck: limiter/process-local-storage
    key_func=get_remote_address,
    default_limits=["60/minute"],
    storage_uri="memory://",
)
# --- factory
from here.limits import limiter

limiter.init_app(app)
