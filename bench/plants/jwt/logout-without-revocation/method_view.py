"""A MethodView."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# --- module arriving
from flask_jwt_extended import create_access_token


def token_for(guest):
    return create_access_token(identity=str(guest))
# --- module leaving
from flask import Blueprint, jsonify
from flask.views import MethodView
from flask_jwt_extended import jwt_required

leaving = Blueprint("leaving", __name__)


class SignOut(MethodView):
    decorators = [jwt_required()]

    def post(self):  # keck: jwt/logout-without-revocation
        return jsonify(ok=True)


leaving.add_url_rule("/auth/logout", view_func=SignOut.as_view("signout"))
