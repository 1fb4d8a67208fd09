"""The bare decorator of version 3."""
# needs: since flask-jwt-extended 4.0
# brings: jwt
# --- module profile_api
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

profile_api = Blueprint("profile_api", __name__)


@profile_api.route("/profile-api")
@jwt_required  # keck: jwt/required-without-call
def profile():
    return jsonify(name="ann")
