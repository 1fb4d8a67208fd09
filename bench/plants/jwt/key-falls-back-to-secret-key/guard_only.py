"""Only a guard uses it; the class under another name, bound in a helper."""
# needs: without jwt flask_jwt_extended
# needs: unset JWT_SECRET_KEY
# needs: seen
# --- module own_tokens
import flask_jwt_extended as fje

manager = fje.JWTManager()  # keck: jwt/key-falls-back-to-secret-key


def set_up(flask_app):
    manager.init_app(app=flask_app)
# --- module gated
from flask import Blueprint, jsonify
from flask_jwt_extended import jwt_required

gated = Blueprint("gated", __name__)


@gated.get("/gated")
@jwt_required()
def show():
    return jsonify(ok=True)
# --- factory
from here.own_tokens import set_up

set_up(app)
