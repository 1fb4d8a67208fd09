"""Three views, session.get with the identity."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# --- module members_api
from flask import Blueprint, jsonify
from flask_jwt_extended import get_jwt_identity, jwt_required

from here import Row, db

members_api = Blueprint("members_api", __name__)


@members_api.get("/members-api")
@jwt_required()
def show():
    return jsonify(str(db.session.get(Row, get_jwt_identity())))  # keck: jwt/user-looked-up-by-hand


@members_api.put("/members-api")
@jwt_required()
def change():
    row = db.session.get(Row, get_jwt_identity())
    return jsonify(str(row))


@members_api.delete("/members-api")
@jwt_required()
def remove():
    identity = get_jwt_identity()
    db.session.delete(db.session.get(Row, identity))
    db.session.commit()
    return jsonify(ok=True)
