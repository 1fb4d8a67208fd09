from flask import Blueprint, Flask, current_app

pages = Blueprint("pages", __name__)


@pages.get("/")
def index():
    return current_app.config["GREETING"]


def create_app(config=None):
    app = Flask(__name__)
    app.config["GREETING"] = "hello"
    app.config.update(config or {})
    app.register_blueprint(pages)
    return app
