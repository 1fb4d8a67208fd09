"""A decorator of another module that catches everything, above the guard."""
# brings: jwt
# --- module wrapping
from functools import wraps

from flask import jsonify


def safely(view):
    @wraps(view)
    def inner(*args, **kwargs):
        try:
            return view(*args, **kwargs)
        except Exception as error:
            return jsonify(error=str(error)), 500

    return inner
# --- module parcels_api
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

from here.wrapping import safely

parcels_api = Blueprint("parcels_api", __name__)


@parcels_api.post("/parcels-api")
@safely  # keck: app/catch-all-error-handler
@jwt_required()
def send():
    return jsonify(sent=True)
