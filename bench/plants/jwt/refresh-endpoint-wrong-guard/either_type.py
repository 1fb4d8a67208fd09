"""verify_type=False takes either token."""
# brings: jwt
# needs: since flask-jwt-extended 4.4
# --- module renewal
from flask import Blueprint, jsonify
from flask_jwt_extended import create_access_token, get_jwt_identity, jwt_required

renewal = Blueprint("renewal", __name__)


@renewal.route("/token/refresh", methods=["POST"])
@jwt_required(verify_type=False)  # keck: jwt/refresh-endpoint-wrong-guard
def refresh_token():
    identity = get_jwt_identity()
    token = create_access_token(identity, fresh=False)
    return jsonify(access_token=token)
