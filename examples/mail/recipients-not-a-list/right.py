import os

from flask import Flask
from flask_mail import Mail, Message
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
mail = Mail()


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(120), nullable=False)


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    app.config["MAIL_SERVER"] = os.environ.get("MAIL_SERVER", "localhost")
    app.config["MAIL_DEFAULT_SENDER"] = "shop@example.org"
    db.init_app(app)
    mail.init_app(app)
    return app


def welcome(user):
    message = Message("Welcome", [user.email])
    message.body = "Your account is ready."
    mail.send(message)


def report(text):
    mail.send(
        Message(
            "Report",
            recipients=["office@example.org"],
            body=text,
        )
    )
