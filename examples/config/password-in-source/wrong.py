from flask import Flask
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
mail = Mail()


class Config:
    SQLALCHEMY_DATABASE_URI = "postgresql+psycopg://shop:hunter2@db.internal/shop"  # keck: config/password-in-source
    MAIL_SERVER = "smtp.example.com"
    MAIL_USERNAME = "orders@example.com"
    MAIL_PASSWORD = "correct horse battery staple"  # keck: config/password-in-source
    MAIL_DEFAULT_SENDER = "orders@example.com"


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    db.init_app(app)
    mail.init_app(app)
    return app
