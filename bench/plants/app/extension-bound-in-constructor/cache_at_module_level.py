"""The usual `Cache(app)`, in a small program beside the app that another module imports."""
# needs: factory
# needs: without caching flask_caching
# --- module kiosk
import os

from flask import Flask
from flask_caching import Cache

app = Flask(__name__)  # keck: app/app-at-module-level
app.config["CACHE_TYPE"] = "RedisCache"
app.config["CACHE_REDIS_URL"] = os.environ["CACHE_REDIS_URL"]
cache = Cache(app)  # keck: app/extension-bound-in-constructor
# --- module kiosk_pages
from here.kiosk import app, cache


@app.route("/kiosk")
@cache.cached(timeout=60)
def kiosk():
    return "open"
