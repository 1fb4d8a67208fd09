from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import HTTPException

limiter = Limiter(get_remote_address, default_limits=["60 per minute"])


def create_app():
    app = Flask(__name__)
    limiter.init_app(app)

    @app.errorhandler(Exception)
    def failed(error):
        if isinstance(error, HTTPException):
            return error
        current_app.logger.error("not answered", exc_info=error)
        return {"error": "internal error"}, 500

    @app.get("/items")
    def items():
        return {"items": []}

    return app
