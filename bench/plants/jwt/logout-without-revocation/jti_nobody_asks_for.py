"""The jti is kept, but no loader asks for it."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# --- module leaving
from flask import Blueprint, jsonify
from flask_jwt_extended import get_jwt, jwt_required

leaving = Blueprint("leaving", __name__)
REVOKED = set()


@leaving.route("/api/logout", methods=["DELETE"])  # keck: jwt/logout-without-revocation
@jwt_required(verify_type=False)
def revoke():
    REVOKED.add(get_jwt()["jti"])
    return jsonify(message="revoked")
