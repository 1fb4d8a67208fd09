"""The whole blueprint is verified before each request."""
# brings: jwt
# needs: since flask-jwt-extended 4.0
# --- module letters_api
from flask import Blueprint, jsonify
from flask_jwt_extended import verify_jwt_in_request

letters_api = Blueprint("letters_api", __name__)


@letters_api.before_request
def verify():
    verify_jwt_in_request()


@letters_api.route("/letters-api", methods=["GET", "OPTIONS"])
def letters():  # keck: jwt/options-route-skips-jwt
    return jsonify(letters=["secret"])
