"""A resource of Flask-RESTful."""
# brings: jwt
# needs: since flask-jwt-extended 4.0
# --- module renewal
from flask import Blueprint
from flask_jwt_extended import create_access_token, get_jwt_identity, jwt_required
from flask_restful import Api, Resource

renewal = Blueprint("renewal", __name__)
api = Api(renewal)


class TokenRefresh(Resource):
    @jwt_required()  # keck: jwt/refresh-endpoint-wrong-guard
    def post(self):
        return {"access_token": create_access_token(identity=get_jwt_identity())}


api.add_resource(TokenRefresh, "/refresh")
