import os

from flask import Flask, session


class Config:
    SECRET_KEY = os.environ.get("SECRET_KEY")
    JWT_SECRET_KEY = os.environ.get("JWT_SECRET_KEY")
    SESSION_COOKIE_SAMESITE = "Lax"


class TestConfig(Config):
    TESTING = True
    SECRET_KEY = "only for tests"
    JWT_SECRET_KEY = "only for tests, but long enough"


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    for key in ("SECRET_KEY", "JWT_SECRET_KEY"):
        if not app.config[key]:
            raise RuntimeError(f"Set {key} in the environment")

    @app.get("/")
    def index():
        return f"Hello {session.get('name', 'stranger')}"

    return app
