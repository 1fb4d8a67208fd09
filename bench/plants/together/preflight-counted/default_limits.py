"""Default limits, kept in a variable, and a blueprint for other origins."""
# needs: without limiter flask_limiter
# needs: unset RATELIMIT_DEFAULTS_PER_METHOD RATELIMIT_DEFAULTS_EXEMPT_WHEN
# --- module limits
import os

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

PACE = ["20/minute", "500/day"]
limiter = Limiter(get_remote_address, default_limits=PACE, storage_uri=os.environ["LIMITS_URL"])  # keck: together/preflight-counted
# --- factory
from here.limits import limiter

limiter.init_app(app)
# --- module basket
from flask import Blueprint, jsonify
from flask_cors import CORS

basket = Blueprint("basket", __name__)
CORS(basket, origins=["https://a.example"])


@basket.post("/basket")
def fill_basket():
    return jsonify(items=[])
