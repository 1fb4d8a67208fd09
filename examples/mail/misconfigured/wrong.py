import os

from flask import Flask
from flask_mail import Mail

mail = Mail()


class Config:
    MAIL_SERVER = os.environ.get("MAIL_SERVER", "smtp.example.com")
    MAIL_PORT = 587
    MAIL_USE_SSL = True  # keck: mail/misconfigured
    MAIL_USERNAME = os.environ.get("MAIL_USERNAME")
    MAIL_PASSWORD = os.environ.get("MAIL_PASSWORD")
    MAIL_DEFAULT_SENDER = "shop@example.com"
    MAIL_DEBUG = True  # keck: mail/misconfigured


def create_app():
    app = Flask(__name__)
    app.config.from_object(Config)
    mail.init_app(app)
    return app
