"""current_user in a view."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# --- module account_api
from flask import Blueprint, jsonify
from flask_jwt_extended import current_user, jwt_required

account_api = Blueprint("account_api", __name__)


@account_api.get("/account-api")
@jwt_required()
def account():
    return jsonify(name=current_user.name)  # keck: jwt/current-user-without-lookup
