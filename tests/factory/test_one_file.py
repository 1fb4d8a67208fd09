"""Apps in one file, taken apart and executed: what they serve is the same, and a second app is the same too."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.factory.converted import same

HEAD = """
    import os
    from functools import wraps

    from flask import Flask, jsonify, render_template_string, request

    app = Flask(__name__)
    app.config["COLOUR"] = "red"


    def loud(view):
        @wraps(view)
        def shouting(*args, **kwargs):
            return view(*args, **kwargs).upper()
        return shouting


    def nameless(view):
        return lambda *args, **kwargs: view(*args, **kwargs)

"""

FORMS = {
    "a route": """
        @app.route("/")
        def index():
            return app.config["COLOUR"]
    """,
    "verbs": """
        @app.get("/a")
        @app.post("/a")
        def a():
            return "a"

        @app.delete("/b", endpoint="gone")
        def b():
            return "b"
    """,
    "routes with what they take": """
        @app.route("/page", defaults={"number": 1})
        @app.route("/page/<int:number>", methods=["GET", "PUT"], strict_slashes=False)
        def page(number):
            return str(number)

        @app.route(rule="/by/name")
        def by_name():
            return "x"

        @app.route(
            "/wide",
            methods=["POST"],  # nothing else
        )
        def wide():
            return "x"
    """,
    "a decorator below the route": """
        @app.route("/")
        @loud
        def index():
            return "index"
    """,
    "a decorator above the route": """
        @loud
        @app.route("/")
        def index():
            return "index"

        def again():
            return index()
    """,
    "decorators between routes": """
        @app.route("/outer")
        @nameless
        @loud
        @app.route("/inner", endpoint="inner")
        @loud
        def index():
            return "index"
    """,
    "one name for two views": """
        @app.route("/one", endpoint="one")
        def view():
            return "one"

        @app.route("/two", endpoint="two")
        def view():
            return "two"
    """,
    "hooks": """
        @app.before_request
        def first():
            pass

        @app.before_request
        def second():
            pass

        @app.after_request
        def after(response):
            return response

        @app.teardown_request
        def teardown(error):
            pass

        @app.teardown_appcontext
        def done(error):
            pass

        @app.url_value_preprocessor
        def pull(endpoint, values):
            pass

        @app.url_defaults
        def defaults(endpoint, values):
            pass

        @app.shell_context_processor
        def shell():
            return {}

        @app.context_processor
        def context():
            return {"colour": app.config["COLOUR"]}
    """,
    "error handlers": """
        class Sour(Exception):
            pass

        @app.errorhandler(404)
        @app.errorhandler(410)
        def gone(error):
            return "gone", 404

        @app.errorhandler(Sour)
        def sour(error):
            return "sour", 400

        app.register_error_handler(500, lambda error: ("sorry", 500))
    """,
    "templates": """
        @app.template_filter("money")
        def money(value):
            return f"{value} EUR"

        @app.template_filter()
        def price(value):
            return value

        @app.template_test(name="even")
        def is_even(value):
            return value % 2 == 0

        @app.template_global("now")
        def clock():
            return 1

        app.jinja_env.globals["COLOUR"] = app.config["COLOUR"]
        app.jinja_env.filters.update(lower=str.lower)
    """,
    "commands": """
        import click

        @app.cli.command("greet")
        @click.argument("name")
        @click.option("--loud", is_flag=True)
        def greet(name, loud):
            click.echo(app.config["COLOUR"])

        @app.cli.command(with_appcontext=False)
        def plain():
            pass

        @app.cli.group()
        def users():
            pass

        @users.command("add")
        def add():
            pass

        @app.cli.group("things", cls=click.Group)
        def things():
            pass
    """,
    "views registered by calls, in loops and under conditions": """
        from flask.views import MethodView

        class Item(MethodView):
            def get(self):
                return "item"

        app.add_url_rule("/item", view_func=Item.as_view("item"))
        for name in ("a", "b"):
            app.add_url_rule(f"/{name}", name, lambda: "x")
        if app.config["COLOUR"] == "red":
            @app.route("/red")
            def red():
                return "red"
        else:
            @app.route("/blue")
            def blue():
                return "blue"
    """,
    "settings of many kinds": """
        class Settings:
            SHAPE = "round"

        app.secret_key = "x"
        app.debug = True
        app.config.from_object(Settings)
        app.config.update(SIZE=1, WEIGHT=2)
        app.config["TWICE"] = app.config["SIZE"] * 2
        app.config.setdefault("EXTRA", "more")
        app.url_map.strict_slashes = False
        app.jinja_env.trim_blocks = True
        app.json.sort_keys = False
        if os.environ.get("NOT_THERE"):
            app.config["SIZE"] = 3
    """,
    "what stands around the app": """
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app)
        app.logger.setLevel("ERROR")
        with app.app_context():
            names = sorted(app.config)

        @app.get("/names")
        def all_names():
            return jsonify(names)
    """,
    "names for parts of the app": """
        log = app.logger
        settings = app.config
        limit = settings.get("LIMIT", 3)
        settings["LIMIT"] = limit

        @app.get("/")
        def index():
            log.info("index")
            return str(limit) + settings["COLOUR"]
    """,
    "names that are given again": """
        value = "a"
        app.config["FIRST"] = value
        value = "b"
        app.config["SECOND"] = value

        @app.get("/")
        def index():
            return value
    """,
    "a blueprint": """
        from flask import Blueprint

        pages = Blueprint("pages", __name__)

        @pages.route("/")
        def index():
            return app.config["COLOUR"]

        app.register_blueprint(pages, url_prefix="/pages")
    """,
    "names that only look like the app": """
        def index(app):
            return app.colour

        class Box:
            app = None

            def method(self):
                return self.app

        app.config["BOXES"] = [app for app in ("a", "b")]
    """,
    "a main block": """
        if __name__ == "__main__":
            app.run(port=int(app.config.get("PORT", 5000)))
    """,
    "a server's logger": """
        if __name__ != "__main__":
            app.logger.handlers = []
            app.config["SERVED"] = True
    """,
    "several statements on a line": """
        app.config["A"] = 1; app.config["B"] = 2  # both
        if app.config["A"]: app.config["C"] = 3
    """,
    "a definition that needs config": """
        app.config["PER_PAGE"] = 10

        @app.get("/")
        def index(count=app.config["PER_PAGE"]):
            return str(count)
    """,
    "a tag of the session": """
        from flask.json.tag import JSONTag

        class TagBox(JSONTag):
            key = " box"

            def check(self, value):
                return False

        app.session_interface.serializer.tags.pop(TagBox.key, None)
        app.session_interface.serializer.register(TagBox, force=True)
    """,
    "tabs and quotes": """
        @app.get('/a')
        def a(): return 'a'

        @app.get('/b')
        def b(): return 'b'

        @app.get('/c')
        def c(): return 'c'

        @app.get('/d')
        def d(): return 'd'
    """,
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_serves_the_same(form: str, tmp_path: Path) -> None:
    """An app in one file serves the same when a factory makes it, the first time and the second."""
    same(tmp_path, dedent(HEAD) + dedent(FORMS[form]))
