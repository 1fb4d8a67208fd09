import os
from threading import Thread

from flask import Flask, current_app, request
from flask_mail import Mail, Message

mail = Mail()


def deliver(app, messages):
    with app.app_context(), mail.connect() as connection:
        for message in messages:
            connection.send(message)


def send_later(messages):
    app = current_app._get_current_object()
    Thread(target=deliver, args=(app, messages)).start()


def create_app():
    app = Flask(__name__)
    app.config["MAIL_SERVER"] = os.environ.get("MAIL_SERVER", "localhost")
    app.config["MAIL_DEFAULT_SENDER"] = "shop@example.com"
    mail.init_app(app)

    @app.post("/subscribers")
    def subscribe():
        welcome = Message("Welcome", recipients=[request.form["address"]], body="Good to have you here.")
        send_later([welcome])
        return "", 201

    @app.post("/newsletter")
    def newsletter():
        addresses = request.form.getlist("address")
        send_later([Message("News", recipients=[one], body=request.form["text"]) for one in addresses])
        return "", 202

    return app
