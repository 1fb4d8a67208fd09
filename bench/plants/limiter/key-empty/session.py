"""Whoever is in the session, or nobody."""
# needs: without limiter flask_limiter
# --- module limits
import os

from flask import session
from flask_limiter import Limiter


def who():
    return session.get("uid")  # keck: limiter/key-empty


limiter = Limiter(who, default_limits=["60/minute"], storage_uri=os.environ["LIMITS_URL"])
# --- factory
from here.limits import limiter

limiter.init_app(app)
