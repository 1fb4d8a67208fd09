"""The top of the apps of these tests: every extension that guards, limits or keeps answers, bound to one app."""

from __future__ import annotations

APP = """
import functools
from flask import Blueprint, Flask, abort, g, request, session
from flask.views import MethodView
from flask_caching import Cache
from flask_cors import CORS, cross_origin
from flask_jwt_extended import (
    JWTManager, create_access_token, create_refresh_token, current_user, get_jwt_identity, jwt_required,
    verify_jwt_in_request,
)
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.security import check_password_hash

app = Flask(__name__)
app.config.update(
    SECRET_KEY="b7c1f0d2a49e4c6f8d3e5a7b9c0d1e2f", JWT_SECRET_KEY="f2e1d0c9b7a5e3d8f6c4e9a42d0f1c7b", CACHE_TYPE="SimpleCache",
)
"""

CACHE = APP + "cache = Cache(app)\njwt = JWTManager(app)\n"

LIMITS = (
    APP
    + "jwt = JWTManager(app)\ncache = Cache(app)\n"
    + 'limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")\n'
)


def told(found: list[object]) -> list[str]:
    """Return the symbols of findings."""
    return [str(getattr(one, "symbol", "")) for one in found]
