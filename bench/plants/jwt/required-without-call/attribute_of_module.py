"""As an attribute of the package."""
# needs: since flask-jwt-extended 4.0
# brings: jwt
# --- module profile_api
import flask_jwt_extended as tokens
from flask import Blueprint, jsonify

profile_api = Blueprint("profile_api", __name__)


@profile_api.post("/profile-api")
@tokens.jwt_required  # keck: jwt/required-without-call
def rename():
    return jsonify(name="ann")
