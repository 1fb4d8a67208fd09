"""One connection for each message."""
# brings: mail
# --- module wishes
from flask import Blueprint, jsonify
from flask.views import MethodView
from flask_mail import Message

from here import mail

wishes = Blueprint("wishes", __name__)
READERS = ["ann@example.com", "bob@example.com"]


class Wishes(MethodView):
    def post(self):
        for reader in READERS:
            mail.send(Message("A wish", sender="shop@example.com", recipients=[reader]))  # keck: mail/blocks-request
        return jsonify(ok=True)


wishes.add_url_rule("/wishes", view_func=Wishes.as_view("wishes"))
