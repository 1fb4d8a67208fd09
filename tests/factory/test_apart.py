"""The conversion as a whole: the text that comes of it, and the app that it still is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factory.shapes import same, texts

HEAD = """
from flask import Flask

app = Flask(__name__)
app.config["GREETING"] = "hello"
"""

ALIKE = {
    "one route": """
        @app.route("/")
        def home():
            return app.config["GREETING"]
        """,
    "all kinds of registrations": """
        @app.get("/a")
        @app.post("/b")
        def both():
            return "x"

        @app.route("/c", endpoint="see", methods=["GET", "PUT"])
        def c():
            return app.name

        @app.before_request
        def first():
            app.logger.debug("first")

        @app.before_request
        def second():
            pass

        @app.after_request
        def behind(response):
            return response

        @app.teardown_appcontext
        def closed(error):
            pass

        @app.errorhandler(404)
        def missing(error):
            return app.config["GREETING"], 404

        @app.errorhandler(ValueError)
        def wrong(error):
            return "wrong", 400

        @app.context_processor
        def names():
            return {"name": app.name}

        @app.template_filter()
        def loud(text):
            return text.upper()

        @app.template_filter("quiet")
        def hushed(text):
            return text.lower()

        @app.template_global()
        def year():
            return 2020

        @app.template_test("even")
        def is_even(number):
            return number % 2 == 0

        @app.cli.command("seed")
        def seed():
            print(app.name)

        @app.shell_context_processor
        def shell():
            return {}
        """,
    "statements of all kinds": """
        import os

        app.config.update(DEBUG_LEVEL=3)
        app.config.from_mapping(OTHER=4)
        if os.environ.get("NO_SUCH_VARIABLE"):
            app.config["MORE"] = 1
        else:
            app.config["LESS"] = 1
        try:
            app.config.from_pyfile("missing.cfg")
        except OSError:
            app.config["MISSING"] = True
        for name in ("x", "y"):
            app.add_url_rule(f"/{name}", name, lambda: "letter")
        app.jinja_env.globals["answer"] = 42
        app.add_template_filter(str.upper, "up")
        app.secret_key = "secret"
        """,
    "a name that is read later on": """
        LIMIT = app.config["GREETING"]

        @app.route("/")
        def home():
            return LIMIT
        """,
    "an alias of the logger": """
        log = app.logger

        @app.route("/")
        def home():
            log.debug("home")
            return "home"
        """,
    "a function that is called while it is imported": """
        def setting(name):
            return app.config[name]

        GREETING = setting("GREETING")

        @app.route("/")
        def home():
            return GREETING + setting("GREETING")
        """,
    "views of one name": """
        @app.get("/a")
        def view():
            return "a"

        @app.get("/b", endpoint="b")
        def view():
            return "b"
        """,
    "other decorators": """
        import functools

        def shown(function):
            @functools.wraps(function)
            def inner(*args, **kwargs):
                return function(*args, **kwargs) + app.config["GREETING"]
            return inner

        @app.get("/a")
        @shown
        def a():
            return "a"

        @app.get("/b")
        @app.get("/c")
        @shown
        def b():
            return "b"
        """,
    "an own name for the parameter": """
        def config(app):
            app.config["Y"] = 2

        config(app)

        @app.route("/")
        def home():
            overrides = settings = 1
            return str([app for app in range(3)]) + str(app.config["Y"])
        """,
    "a class of views": """
        from flask.views import MethodView

        class Items(MethodView):
            def get(self):
                return app.config["GREETING"]

        app.add_url_rule("/items", view_func=Items.as_view("items"))
        """,
    "a blueprint": """
        from flask import Blueprint

        pages = Blueprint("pages", __name__)

        @pages.route("/page")
        def page():
            return app.config["GREETING"]

        app.register_blueprint(pages, url_prefix="/pages")
        """,
    "an assignment before it": """
        app.json.sort_keys = False
        app.url_map.strict_slashes = False

        @app.route("/x/")
        def x():
            return {"b": 1, "a": 2}
        """,
}


@pytest.mark.parametrize("body", ALIKE.values(), ids=list(ALIKE))
def test_the_app_of_the_factory_is_the_same(tmp_path: Path, body: str) -> None:
    """Whatever a module does with its app, the factory makes the same app, every time it is called."""
    (own,) = texts({"app.py": body}).values()
    same(tmp_path, HEAD + "\n" + own)
