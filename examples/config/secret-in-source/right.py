import os

from flask import Flask, session


class Config:
    SECRET_KEY = os.environ["SECRET_KEY"]
    SESSION_COOKIE_SAMESITE = "Lax"


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]

    @app.get("/")
    def index():
        return f"Hello {session.get('name', 'stranger')}"

    return app
