"""On a blueprint whose views ask for a token."""
# brings: jwt
# --- module parcels_api
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

parcels_api = Blueprint("parcels_api", __name__)


@parcels_api.errorhandler(Exception)  # keck: app/catch-all-error-handler
def broken(error):
    return jsonify(error=str(error)), 500


@parcels_api.get("/parcels-api")
@jwt_required()
def parcels():
    return jsonify(parcels=[])
