"""A header, in a lambda, for one limit."""
# brings: limiter
# --- module hits_api
from flask import Blueprint, jsonify, request

from here import limiter

hits_api = Blueprint("hits_api", __name__)


@hits_api.get("/hits-api")
@limiter.limit("5/minute", key_func=lambda: request.headers.get("X-Client"))  # keck: limiter/key-empty
def hits():
    return jsonify(hits=[])
