"""A password is reset; exempted from the defaults."""
# brings: limiter
# needs: seen
# --- module side_door
from flask import Blueprint, jsonify, request
from werkzeug.security import generate_password_hash

from here import limiter

side_door = Blueprint("side_door", __name__)
HASHES = {}


@side_door.route("/side-door/reset-password", methods=["POST"])
@limiter.exempt
def reset_password():  # keck: limiter/sensitive-route-unlimited
    HASHES[request.form["name"]] = generate_password_hash(request.form["password"])
    return jsonify(ok=True)
