"""In the list of a MethodView."""
# needs: since flask-jwt-extended 4.0
# brings: jwt
# --- module profile_api
from flask import Blueprint, jsonify
from flask.views import MethodView
from flask_jwt_extended import jwt_required

profile_api = Blueprint("profile_api", __name__)


class Profile(MethodView):
    decorators = [jwt_required]  # keck: jwt/required-without-call

    def get(self):
        return jsonify(name="ann")


profile_api.add_url_rule("/profile-api", view_func=Profile.as_view("profile"))
