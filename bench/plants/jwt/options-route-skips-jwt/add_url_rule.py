"""Registered by add_url_rule, the methods in a tuple."""
# brings: jwt
# needs: since flask-jwt-extended 4.0
# --- module letters_api
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

letters_api = Blueprint("letters_api", __name__)
METHODS = ("POST", "OPTIONS")


@jwt_required(fresh=True)
def send_letter():  # keck: jwt/options-route-skips-jwt
    return jsonify(sent=True)


letters_api.add_url_rule("/letters-api", "send_letter", send_letter, methods=METHODS)
