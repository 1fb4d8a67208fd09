"""Flask-Limiter with Redis and no limit by default, bound in the factory."""
# --- module own_limiter
import os

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri=os.environ["LIMITS_URL"])
# --- factory
from here.own_limiter import limiter

limiter.init_app(app)
