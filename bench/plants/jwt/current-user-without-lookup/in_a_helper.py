"""Under another name, in a helper of another module."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# --- module asking
from flask_jwt_extended import current_user as caller


def name_of_caller():
    return caller.name  # keck: jwt/current-user-without-lookup
# --- module account_api
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

from here.asking import name_of_caller

account_api = Blueprint("account_api", __name__)


@account_api.route("/account-api")
@jwt_required()
def account():
    return jsonify(name=name_of_caller())
