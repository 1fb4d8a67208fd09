"""The identity of a token that is optional."""
# brings: limiter
# brings: jwt
# --- module hits_api
from flask import Blueprint, jsonify
from flask_jwt_extended import get_jwt_identity, jwt_required

from here import limiter

hits_api = Blueprint("hits_api", __name__)


@hits_api.get("/hits-api")
@jwt_required(optional=True)
@limiter.limit("5/minute", key_func=get_jwt_identity)  # keck: limiter/key-empty
def hits():
    return jsonify(hits=[])
