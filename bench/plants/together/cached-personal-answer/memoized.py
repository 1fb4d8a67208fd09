"""A memoized function that asks who is logged in."""
# brings: caching
# --- module drawer
from flask import Blueprint, jsonify
from flask_login import current_user, login_required

from here import cache

drawer = Blueprint("drawer", __name__)


@cache.memoize(timeout=60)  # keck: together/cached-personal-answer
def drawer_of_caller(size):
    return {"owner": current_user.get_id(), "size": size}


@drawer.get("/drawer")
@login_required
def show_drawer():
    return jsonify(drawer_of_caller(3))
