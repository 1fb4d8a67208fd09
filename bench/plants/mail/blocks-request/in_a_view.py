"""Sent in the view."""
# brings: mail
# --- module wishes
from flask import Blueprint, jsonify
from flask_mail import Message

from here import mail

wishes = Blueprint("wishes", __name__)


@wishes.post("/wishes")
def send_wish():
    mail.send(Message("A wish", sender="shop@example.com", recipients=["ann@example.com"]))  # keck: mail/blocks-request
    return jsonify(ok=True)
