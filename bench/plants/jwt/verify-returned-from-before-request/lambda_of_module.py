"""In a lambda, as an attribute of the package, where a cookie may hold the token."""
# needs: since flask-jwt-extended 4.0
# brings: jwt
# --- module cellar
import flask_jwt_extended as tokens
from flask import Blueprint, jsonify
from flask.views import MethodView

cellar = Blueprint("cellar", __name__)
cellar.before_request(
    lambda: tokens.verify_jwt_in_request(locations=["headers", "cookies"]),  # keck: jwt/verify-returned-from-before-request
)


class Cellar(MethodView):
    def get(self):
        return jsonify(wine=12)


cellar.add_url_rule("/cellar", view_func=Cellar.as_view("cellar"))
