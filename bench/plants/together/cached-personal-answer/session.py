"""The session, in a helper of another module."""
# brings: caching
# --- module owners
from flask import session


def owner():
    return session["uid"]
# --- module drawer
from flask import Blueprint, jsonify

from here import cache
from here.owners import owner

drawer = Blueprint("drawer", __name__)


@drawer.get("/drawer")
@cache.cached(timeout=60)  # keck: together/cached-personal-answer
def show_drawer():
    return jsonify(owner=owner())
