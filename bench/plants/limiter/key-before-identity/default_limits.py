"""Default limits by a claim of the token."""
# needs: without limiter flask_limiter
# brings: jwt
# --- module limits
import os

from flask_jwt_extended import get_jwt
from flask_limiter import Limiter

limiter = Limiter(  # keck: limiter/key-before-identity
    key_func=lambda: f"user/{get_jwt()['sub']}",
    default_limits=["60/minute"],
    storage_uri=os.environ["LIMITS_URL"],
)
# --- factory
from here.limits import limiter

limiter.init_app(app)
# --- module errands
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

errands = Blueprint("errands", __name__)


@errands.get("/errands")
@jwt_required()
def show_errands():
    return jsonify(errands=[])
