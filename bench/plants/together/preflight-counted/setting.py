"""An application limit in the settings, for a view that asks for a token and has a limit of its own."""
# needs: without limiter flask_limiter
# needs: unset RATELIMIT_APPLICATION RATELIMIT_APPLICATION_PER_METHOD RATELIMIT_APPLICATION_EXEMPT_WHEN
# brings: jwt
# --- module limits
import os

import flask_limiter
from flask_limiter.util import get_remote_address as address

pace = flask_limiter.Limiter(  # keck: together/preflight-counted
    key_func=address,
    storage_uri=os.environ["LIMITS_URL"],
)
# --- settings
RATELIMIT_APPLICATION = "300/minute"
# --- factory
from here.limits import pace

pace.init_app(app)
# --- module basket
from flask import Blueprint, jsonify
from flask_cors import cross_origin
from flask_jwt_extended import jwt_required

from here.limits import pace

basket = Blueprint("basket", __name__)


@basket.get("/basket")
@cross_origin(origins=["https://a.example"])
@pace.limit("20/minute")
@jwt_required()
def show_basket():
    return jsonify(items=[])
