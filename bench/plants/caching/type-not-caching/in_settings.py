"""A name that never was, in the settings."""
# needs: without caching flask_caching
# needs: unset CACHE_TYPE
# --- module stored
from flask_caching import Cache as Store

store = Store()
# --- settings
CACHE_TYPE = "memory"  # keck: caching/type-not-caching
# --- factory
from here.stored import store

store.init_app(app=app)
