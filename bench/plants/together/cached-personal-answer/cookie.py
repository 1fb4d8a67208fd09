"""A cookie is set by a cached view."""
# brings: caching
# --- module drawer
import uuid

from flask import Blueprint, jsonify, make_response

from here import cache

drawer = Blueprint("drawer", __name__)


@drawer.get("/drawer")
@cache.cached(timeout=60)  # keck: together/cached-personal-answer
def show_drawer():
    answer = make_response(jsonify(ok=True))
    answer.set_cookie("visitor", str(uuid.uuid4()))
    return answer
