"""In a list of decorators, where the last is outermost."""
# brings: jwt
# brings: caching
# --- module vault
from flask import Blueprint, jsonify
from flask.views import MethodView
from flask_jwt_extended import jwt_required

from here import cache as store

vault = Blueprint("vault", __name__)


class Vault(MethodView):
    decorators = [jwt_required(), store.cached(timeout=60)]  # keck: together/cached-above-auth

    def get(self):
        return jsonify(vault="gold")


vault.add_url_rule("/vault", view_func=Vault.as_view("vault"))
