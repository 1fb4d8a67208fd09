"""The post of a MethodView."""
# needs: without limiter flask_limiter
# needs: seen
# brings: limiter_bare
# --- module side_door
from flask import Blueprint, jsonify, request
from flask.views import MethodView
from werkzeug.security import check_password_hash

side_door = Blueprint("side_door", __name__)
HASHES = {"ann": "scrypt:..."}


class SideLogin(MethodView):
    def get(self):
        return jsonify(form="login")

    def post(self):  # keck: limiter/sensitive-route-unlimited
        data = request.get_json()
        if check_password_hash(HASHES[data["name"]], data["password"]):
            return jsonify(ok=True)
        return jsonify(ok=False), 401


side_door.add_url_rule("/side-door/login", view_func=SideLogin.as_view("side_login"))
