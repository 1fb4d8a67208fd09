"""A field of a form, by position, in a view."""
# brings: mail
# --- module letters
from flask import Blueprint, jsonify, request
from flask_mail import Message

from here import mail

letters = Blueprint("letters", __name__)


@letters.post("/letters")
def welcome():
    message = Message("Welcome", request.form["email"])  # keck: mail/recipients-not-a-list
    mail.send(message)
    return jsonify(ok=True)
