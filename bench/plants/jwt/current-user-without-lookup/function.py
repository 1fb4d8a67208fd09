"""get_current_user in a MethodView."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# --- module account_api
from flask import Blueprint, jsonify
from flask.views import MethodView
from flask_jwt_extended import get_current_user, jwt_required

account_api = Blueprint("account_api", __name__)


class Account(MethodView):
    decorators = [jwt_required()]

    def get(self):
        user = get_current_user()  # keck: jwt/current-user-without-lookup
        return jsonify(name=user.name)


account_api.add_url_rule("/account-api", view_func=Account.as_view("account"))
