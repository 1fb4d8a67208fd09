import os

from flask import Flask, session


class Config:
    SECRET_KEY = os.environ.get("SECRET_KEY", "change-me")  # keck: config/secret-in-source
    SESSION_COOKIE_SAMESITE = "Lax"


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    app.config["JWT_SECRET_KEY"] = "s3cr3t-of-the-shop"  # keck: config/secret-in-source

    @app.get("/")
    def index():
        return f"Hello {session.get('name', 'stranger')}"

    return app
