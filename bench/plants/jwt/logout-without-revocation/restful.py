"""A resource of Flask-RESTful."""
# needs: without jwt flask_jwt_extended
# brings: jwt
# --- module arriving
from flask_jwt_extended import create_access_token


def token_for(guest):
    return create_access_token(identity=str(guest))
# --- module leaving
from flask import Blueprint
from flask_jwt_extended import jwt_required
from flask_restful import Api, Resource

leaving = Blueprint("leaving", __name__)
api = Api(leaving)


class Logout(Resource):
    @jwt_required()
    def post(self):  # keck: jwt/logout-without-revocation
        return {"message": "logged out"}


api.add_resource(Logout, "/logout")
