"""get_or_404 of Flask-SQLAlchemy 3, under another name of the identity."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# --- module members_api
from flask import Blueprint, jsonify
from flask_jwt_extended import get_jwt_identity as whoami
from flask_jwt_extended import jwt_required

from here import Row, db

members_api = Blueprint("members_api", __name__)


@members_api.get("/members-api")
@jwt_required()
def show():
    row = db.get_or_404(Row, whoami())  # keck: jwt/user-looked-up-by-hand
    return jsonify(str(row))


@members_api.get("/members-api/orders")
@jwt_required()
def orders():
    row = db.get_or_404(Row, whoami())
    return jsonify(str(row))


@members_api.get("/members-api/letters")
@jwt_required()
def letters():
    row = db.get_or_404(Row, whoami())
    return jsonify(str(row))
