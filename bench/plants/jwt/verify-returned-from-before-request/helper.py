"""By way of a helper in another module, but for one endpoint."""
# needs: since flask-jwt-extended 4.0
# brings: jwt
# --- module doorkeeper
from flask_jwt_extended import verify_jwt_in_request


def ask_for_token(optional=False):
    checked = verify_jwt_in_request(optional=optional)
    return checked
# --- module cellar
from flask import Blueprint, jsonify, request

from here.doorkeeper import ask_for_token

cellar = Blueprint("cellar", __name__)


def members_only():
    if request.endpoint == "cellar.show_sign":
        return None
    return ask_for_token()  # keck: jwt/verify-returned-from-before-request


cellar.before_request(members_only)


@cellar.get("/cellar/sign")
def show_sign():
    return jsonify(open=True)


@cellar.get("/cellar")
def show_cellar():
    return jsonify(wine=12)
