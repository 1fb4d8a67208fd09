"""The app under another name, the module not called extensions."""
# needs: module-app
# needs: without limiter flask_limiter
# --- module limits
import os

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from here import app as flask_app  # keck: app/extensions-module-imports-app

limiter = Limiter(get_remote_address, storage_uri=os.environ["LIMITS_URL"], default_limits=["60/minute"])
flask_app.logger.info("limits are on")
# --- factory
from here.limits import limiter

limiter.init_app(app)
