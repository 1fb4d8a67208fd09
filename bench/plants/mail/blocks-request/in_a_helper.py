"""Sent in a helper of another module."""
# brings: mail
# --- module postman
from flask_mail import Message

from here import mail as post


def deliver(address, text):
    message = Message("A wish", sender="shop@example.com", recipients=[address])
    message.body = text
    post.send(message)  # keck: mail/blocks-request
# --- module wishes
from flask import Blueprint, jsonify

from here.postman import deliver

wishes = Blueprint("wishes", __name__)


@wishes.route("/wishes", methods=["POST"])
def send_wish():
    deliver("ann@example.com", "hello")
    return jsonify(ok=True)
