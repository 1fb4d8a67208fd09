"""A lambda around the claims, in the list of a MethodView, where the last is outermost."""
# brings: jwt
# brings: limiter
# --- module errands
import flask_jwt_extended as tokens
from flask import Blueprint, jsonify
from flask.views import MethodView

from here import limiter as limits

errands = Blueprint("errands", __name__)


class Errands(MethodView):
    decorators = [
        tokens.jwt_required(),
        limits.shared_limit("10/minute", scope="errands", key_func=lambda: tokens.get_jwt()["sub"]),  # keck: limiter/key-before-identity
    ]

    def get(self):
        return jsonify(errands=[])


errands.add_url_rule("/errands", view_func=Errands.as_view("errands"))
