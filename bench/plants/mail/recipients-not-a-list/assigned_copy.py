"""A copy, assigned to the attribute of a message."""
# brings: mail
# --- module letters
import os

import flask_mail

from here import mail


def confirm(address):
    message = flask_mail.Message("Your order", recipients=[address])
    message.bcc = os.environ["ORDERS_COPY"]  # keck: mail/recipients-not-a-list
    mail.send(message)
