"""The jti is kept, but no loader asks for it."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# --- module arriving
from flask_jwt_extended import create_access_token


def token_for(guest):
    return create_access_token(identity=str(guest))
# --- module leaving
from flask import Blueprint, jsonify
from flask_jwt_extended import get_jwt, jwt_required

leaving = Blueprint("leaving", __name__)
REVOKED = set()


@leaving.route("/api/logout", methods=["DELETE"])
@jwt_required(verify_type=False)
def revoke():  # keck: jwt/logout-without-revocation
    REVOKED.add(get_jwt()["jti"])
    return jsonify(message="revoked")
