import os

import tokens  # the callback that knows revoked tokens
from flask import Flask
from models import db, jwt


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///users.db"
    app.config["JWT_SECRET_KEY"] = os.environ.get("JWT_SECRET_KEY")
    db.init_app(app)
    jwt.init_app(app)
    return app
