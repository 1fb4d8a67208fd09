"""A subclass of Mail, imported inside a function."""
# needs: without mail flask_mail mailman
# needs: sighted
# --- module postbox
from flask_mail import Mail


class Postbox(Mail):
    pass


postbox = Postbox()  # keck: app/extension-never-bound
# --- module reminders
from flask_mail import Message


def remind(address):
    from here.postbox import postbox

    postbox.send(Message("Reminder", sender="shop@example.com", recipients=[address]))
