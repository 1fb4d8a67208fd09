"""On the post of a resource of Flask-RESTful."""
# brings: caching
# --- module guestbook
from flask import Blueprint
from flask_restful import Api, Resource

from here import cache

guestbook = Blueprint("guestbook", __name__)
api = Api(guestbook)
ENTRIES = []


class Guestbook(Resource):
    @cache.cached(timeout=60)  # keck: caching/cached-non-get
    def post(self):
        ENTRIES.append("hello")
        return {"entries": len(ENTRIES)}


api.add_resource(Guestbook, "/guestbook")
