"""As an attribute of the package."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# --- module account_api
import flask_jwt_extended as tokens
from flask import Blueprint, jsonify

account_api = Blueprint("account_api", __name__)


@account_api.put("/account-api")
@tokens.jwt_required()
def rename():
    tokens.current_user.name = "ann"  # keck: jwt/current-user-without-lookup
    return jsonify(ok=True)
