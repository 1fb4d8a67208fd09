"""send_message of Flask-Mail, in a resource."""
# brings: mail
# --- module wishes
from flask import Blueprint
from flask_restful import Api, Resource

from here import mail

wishes = Blueprint("wishes", __name__)
api = Api(wishes)


class Wish(Resource):
    def post(self):
        mail.send_message("A wish", sender="shop@example.com", recipients=["ann@example.com"], body="hello")  # keck: mail/blocks-request
        return {"ok": True}


api.add_resource(Wish, "/wishes")
