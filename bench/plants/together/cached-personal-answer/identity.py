"""The identity of the token, below the guard."""
# brings: jwt
# brings: caching
# --- module drawer
from flask import Blueprint, jsonify
from flask_jwt_extended import get_jwt_identity, jwt_required

from here import cache

drawer = Blueprint("drawer", __name__)


@drawer.route("/drawer")
@jwt_required()
@cache.cached(timeout=60)  # keck: together/cached-personal-answer
def show_drawer():
    return jsonify(owner=get_jwt_identity())
