"""On the method of a resource of Flask-RESTful."""
# needs: since flask-jwt-extended 4.0
# brings: jwt
# --- module profile_api
from flask import Blueprint
from flask_jwt_extended import jwt_required
from flask_restful import Api, Resource

profile_api = Blueprint("profile_api", __name__)
api = Api(profile_api)


class Profile(Resource):
    @jwt_required  # keck: jwt/required-without-call
    def get(self):
        return {"name": "ann"}


api.add_resource(Profile, "/profile-api")
