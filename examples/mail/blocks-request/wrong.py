import os

from flask import Flask, request
from flask_mail import Mail, Message

mail = Mail()


def send_welcome(address):
    message = Message("Welcome", recipients=[address], body="Good to have you here.")
    mail.send(message)  # keck: mail/blocks-request


def create_app():
    app = Flask(__name__)
    app.config["MAIL_SERVER"] = os.environ.get("MAIL_SERVER", "localhost")
    app.config["MAIL_DEFAULT_SENDER"] = "shop@example.com"
    mail.init_app(app)

    @app.post("/subscribers")
    def subscribe():
        send_welcome(request.form["address"])
        return "", 201

    @app.post("/newsletter")
    def newsletter():
        for address in request.form.getlist("address"):
            mail.send(Message("News", recipients=[address], body=request.form["text"]))  # keck: mail/blocks-request
        return "", 202

    return app
