"""The identity converted first, in a MethodView."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# --- module members_api
from flask import Blueprint, jsonify
from flask.views import MethodView
from flask_jwt_extended import get_jwt_identity, jwt_required

from here import Row, db

members_api = Blueprint("members_api", __name__)


class Members(MethodView):
    decorators = [jwt_required()]

    def get(self):
        row = db.session.get(Row, int(get_jwt_identity()))  # keck: jwt/user-looked-up-by-hand
        return jsonify(str(row))

    def put(self):
        row = db.session.get(Row, int(get_jwt_identity()))
        return jsonify(str(row))

    def delete(self):
        row = db.session.get(Row, int(get_jwt_identity()))
        return jsonify(str(row))


members_api.add_url_rule("/members-api", view_func=Members.as_view("members"))
