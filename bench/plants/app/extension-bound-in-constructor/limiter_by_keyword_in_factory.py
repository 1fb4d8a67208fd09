"""`app=` by keyword, in a factory."""
# needs: factory
# needs: without limiter flask_limiter
# --- factory
import os
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, app=app, default_limits=["60/minute"], storage_uri=os.environ["LIMITS_URL"])  # keck: app/extension-bound-in-constructor
