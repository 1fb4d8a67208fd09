import os

from flask import Flask
from flask_jwt_extended import JWTManager, get_jwt_identity, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

jwt = JWTManager()
limiter = Limiter(get_remote_address, storage_uri="memory://", application_limits=["600 per minute"])


def create_app():
    app = Flask(__name__)
    app.config["JWT_SECRET_KEY"] = os.urandom(32).hex()
    jwt.init_app(app)
    limiter.init_app(app)

    @app.post("/orders")
    @jwt_required()
    @limiter.limit("10 per minute", key_func=get_jwt_identity)
    def order():
        return {"ordered": True}

    return app
