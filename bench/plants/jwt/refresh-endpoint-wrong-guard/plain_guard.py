"""The guard of every other view."""
# brings: jwt
# needs: since flask-jwt-extended 4.0
# --- module renewal
from flask import Blueprint, jsonify
from flask_jwt_extended import create_access_token, get_jwt_identity, jwt_required

renewal = Blueprint("renewal", __name__)


@renewal.post("/token/refresh")
@jwt_required()  # keck: jwt/refresh-endpoint-wrong-guard
def refresh():
    return jsonify(access_token=create_access_token(identity=get_jwt_identity()))
