"""A view that checks a password; no limit by default."""
# needs: without limiter flask_limiter
# needs: seen
# brings: limiter_bare
# --- module side_door
from flask import Blueprint, jsonify, request, session
from werkzeug.security import check_password_hash

from here import limiter

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
