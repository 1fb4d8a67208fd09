"""A view that checks a password; no limit by default."""
# needs: without limiter flask_limiter
# --- module limits
import os

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri=os.environ["LIMITS_URL"])
# --- module side_door
from flask import Blueprint, jsonify, request, session
from werkzeug.security import check_password_hash

from here.limits import limiter

side_door = Blueprint("side_door", __name__)
HASHES = {"ann": "scrypt:..."}


@side_door.post("/side-door/login")
def side_login():  # keck: limiter/sensitive-route-unlimited
    name = request.form["name"]
    if not check_password_hash(HASHES[name], request.form["password"]):
        return jsonify(ok=False), 401
    session["uid"] = name
    return jsonify(ok=True)


@side_door.get("/side-door")
@limiter.limit("10/minute")
def side_page():
    return jsonify(ok=True)
# --- factory
from here.limits import limiter

limiter.init_app(app)
