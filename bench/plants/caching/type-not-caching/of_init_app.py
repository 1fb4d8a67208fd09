"""The config that init_app is given."""
# needs: without caching flask_caching
# --- module stored
import flask_caching

store = flask_caching.Cache()
# --- factory
from here.stored import store

store.init_app(app, config={"CACHE_TYPE": "filesystem", "CACHE_DIR": "/tmp/shop"})  # keck: caching/type-not-caching
