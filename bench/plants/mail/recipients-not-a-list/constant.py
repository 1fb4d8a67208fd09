"""A constant of another module, from the environment, with the class under another name, in a MethodView."""
# brings: mail
# --- module addresses
import os

OFFICE = os.environ.get("OFFICE_ADDRESS", "office@example.com")
# --- module letters
from flask import Blueprint, jsonify, request
from flask.views import MethodView
from flask_mail import Message as Letter

from here import mail
from here.addresses import OFFICE

letters = Blueprint("letters", __name__)


class Contact(MethodView):
    def post(self):
        letter = Letter(
            subject="Contact",
            recipients=OFFICE,  # keck: mail/recipients-not-a-list
            body=request.form["text"],
        )
        mail.send(letter)
        return jsonify(ok=True)


letters.add_url_rule("/letters", view_func=Contact.as_view("contact"))
