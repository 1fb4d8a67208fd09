"""A MethodView whose list of decorators guards it."""
# brings: jwt
# needs: since flask-jwt-extended 4.0
# --- module renewal
import flask_jwt_extended as tokens
from flask import Blueprint, jsonify
from flask.views import MethodView

renewal = Blueprint("renewal", __name__)


class Refresh(MethodView):
    decorators = [tokens.jwt_required()]  # keck: jwt/refresh-endpoint-wrong-guard

    def post(self):
        caller = tokens.get_jwt_identity()
        return jsonify(access_token=tokens.create_access_token(identity=caller))


renewal.add_url_rule("/refresh", view_func=Refresh.as_view("refresh"))
