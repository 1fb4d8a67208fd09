"""Under another name, above an async view."""
# needs: since flask-jwt-extended 4.0
# brings: jwt
# --- module profile_api
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required as protected

profile_api = Blueprint("profile_api", __name__)


@profile_api.get("/profile-api")
@protected  # keck: jwt/required-without-call
async def profile():
    return jsonify(name="ann")
