"""A resource that hands out tokens for a password."""
# needs: without limiter flask_limiter
# brings: jwt
# needs: seen
# brings: limiter_bare
# --- module side_door
from flask import Blueprint, request
from flask_jwt_extended import create_access_token
from flask_restful import Api, Resource
from werkzeug.security import check_password_hash

side_door = Blueprint("side_door", __name__)
api = Api(side_door)
HASHES = {"ann": "scrypt:..."}


class SideToken(Resource):
    def post(self):  # keck: limiter/sensitive-route-unlimited
        data = request.get_json()
        if not check_password_hash(HASHES[data["name"]], data["password"]):
            return {"ok": False}, 401
        return {"token": create_access_token(identity=data["name"])}


api.add_resource(SideToken, "/side-door/token")
