"""The model object itself."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# needs: since flask-sqlalchemy 3.0
# brings: sqlalchemy
# needs: since pyjwt 2.10
# --- module entry
from flask import Blueprint, jsonify, request
from flask_jwt_extended import create_access_token

from here import db

entry = Blueprint("entry", __name__)


class Member(db.Model):
    __tablename__ = "planted_member"
    id = db.Column(db.Integer, primary_key=True)


@entry.post("/entry")
def enter():
    member = db.get_or_404(Member, request.json["member"])
    return jsonify(token=create_access_token(identity=member))  # keck: jwt/non-string-identity
