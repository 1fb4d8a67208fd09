"""A MethodView with an options method that answers with data."""
# brings: jwt
# needs: since flask-jwt-extended 4.0
# --- module letters_api
from flask import Blueprint, jsonify
from flask.views import MethodView
from flask_jwt_extended import jwt_required

letters_api = Blueprint("letters_api", __name__)


class Letters(MethodView):
    decorators = [jwt_required()]

    def get(self):
        return jsonify(letters=["secret"])

    def options(self):  # keck: jwt/options-route-skips-jwt
        return self.get()


letters_api.add_url_rule("/letters-api", view_func=Letters.as_view("letters"))
