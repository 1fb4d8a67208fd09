"""A resource of Flask-RESTful that reads g."""
# brings: caching
# --- module drawer
from flask import Blueprint, g
from flask_restful import Api, Resource

from here import cache

drawer = Blueprint("drawer", __name__)
api = Api(drawer)


class Drawer(Resource):
    @cache.cached(timeout=60)  # keck: together/cached-personal-answer
    def get(self):
        return {"owner": g.user.name}


api.add_resource(Drawer, "/drawer")
