"""Refresh tokens are issued, and nothing takes them."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# --- module sessions_api
from flask import Blueprint, jsonify, request
from flask_jwt_extended import create_access_token, create_refresh_token

sessions_api = Blueprint("sessions_api", __name__)


@sessions_api.post("/sessions-api")
def open_session():
    device = request.get_json()["device"]
    return jsonify(
        access_token=create_access_token(identity=str(device)),
        refresh_token=create_refresh_token(identity=str(device)),  # keck: jwt/refresh-endpoint-wrong-guard
    )
