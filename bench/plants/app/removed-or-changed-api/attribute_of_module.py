"""A guard of Flask-JWT-Extended 3, as an attribute of the package."""
# needs: since flask-jwt-extended 4.0
# brings: jwt
# --- module visits_api
import flask_jwt_extended as tokens
from flask import Blueprint, jsonify

visits_api = Blueprint("visits_api", __name__)


@visits_api.get("/visits-api")
@tokens.jwt_optional  # keck: app/removed-or-changed-api
def visits():
    return jsonify(user=tokens.get_jwt_identity())
