"""A function that returns nothing in one case, in another module."""
# needs: without limiter flask_limiter
# --- module callers
from flask import request


def caller():
    key = request.args.get("key")
    if key:
        return key
    return None  # keck: limiter/key-empty
# --- module limits
import os

from flask_limiter import Limiter

from here.callers import caller

limiter = Limiter(key_func=caller, default_limits=["60/minute"], storage_uri=os.environ["LIMITS_URL"])
# --- factory
from here.limits import limiter

limiter.init_app(app)
