"""A resource of Flask-RESTful."""
# needs: without jwt flask_jwt_extended
# brings: jwt
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
