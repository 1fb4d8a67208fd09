"""A limit by identity above the guard."""
# brings: jwt
# brings: limiter
# --- module errands
from flask import Blueprint, jsonify
from flask_jwt_extended import get_jwt_identity, jwt_required

from here import limiter

errands = Blueprint("errands", __name__)


@errands.post("/errands")
@limiter.limit("10/minute", key_func=get_jwt_identity)  # keck: limiter/key-before-identity
@jwt_required()
def new_errand():
    return jsonify(ok=True)
