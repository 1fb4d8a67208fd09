"""A resource that hands out tokens for a password."""
# needs: without limiter flask_limiter
# brings: jwt
# --- module limits
import os

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri=os.environ["LIMITS_URL"])
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
# --- factory
from here.limits import limiter

limiter.init_app(app)
