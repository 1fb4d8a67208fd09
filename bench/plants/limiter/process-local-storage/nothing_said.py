"""No storage, several workers in a Procfile."""
# needs: without limiter flask_limiter
# needs: unset RATELIMIT_STORAGE_URI RATELIMIT_STORAGE_URL
# needs: seen
# --- module limits
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=["60/minute"])  # keck: limiter/process-local-storage
# --- factory
from here.limits import limiter

limiter.init_app(app)
# --- file Procfile
# web: gunicorn --workers 4 wsgi:app
