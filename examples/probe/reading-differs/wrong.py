from flask import Flask
from werkzeug.exceptions import Forbidden


class Closing:
    """Refuses what is asked below /admin, without a word in the routes."""

    def __init__(self, wsgi_app):
        self.wsgi_app = wsgi_app

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"].startswith("/admin"):
            return Forbidden()(environ, start_response)
        return self.wsgi_app(environ, start_response)


def create_app():
    app = Flask(__name__)
    app.wsgi_app = Closing(app.wsgi_app)

    @app.get("/admin/orders")  # keck: probe/reading-differs
    def orders():
        return {"orders": []}

    return app
