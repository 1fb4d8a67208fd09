"""`Limiter(app)`: the app is taken as the key function."""
# needs: without limiter flask_limiter
# --- factory
import os
from flask_limiter import Limiter

limiter = Limiter(app, default_limits=["60/minute"], storage_uri=os.environ["LIMITS_URL"])  # keck: app/extension-never-bound
