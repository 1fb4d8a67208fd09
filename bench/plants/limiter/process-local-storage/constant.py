"""memory:// as a constant of another module, in a subclass."""
# needs: without limiter flask_limiter
# --- module limit_settings
STORE = "memory://"
# --- module limits
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from here.limit_settings import STORE


class Limits(Limiter):
    pass


limits = Limits(get_remote_address, default_limits=["60/minute"], storage_uri=STORE)  # keck: limiter/process-local-storage
# --- factory
from here.limits import limits

limits.init_app(app)
