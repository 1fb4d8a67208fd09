"""Apps in packages and chains of modules: imports of the app go, registrations come, cycles vanish."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.factory.converted import same

SETTINGS = "class Settings:\n    SECRET_KEY = 'x'\n    SQLALCHEMY_DATABASE_URI = 'sqlite://'\n"
PLAIN = """
    from flask import Flask

    app = Flask(__name__)
    app.config.from_object("settings.Settings")
"""

FORMS = {
    "a package that imports its routes last": {
        "shop/__init__.py": """
            from flask import Flask
            from flask_login import LoginManager
            from flask_sqlalchemy import SQLAlchemy

            app = Flask(__name__)
            app.config.from_object("settings.Settings")
            db = SQLAlchemy(app)
            login = LoginManager(app)

            from shop import routes, models  # noqa: E402
            from shop.api import api

            app.register_blueprint(api, url_prefix="/api")
        """,
        "shop/models.py": """
            from shop import db, login


            class User(db.Model):
                id = db.Column(db.Integer, primary_key=True)


            @login.user_loader
            def load(number):
                return db.session.get(User, number)
        """,
        "shop/routes.py": """
            import shop
            from shop import app, db
            from shop.models import User


            @app.route("/")
            def index():
                app.logger.info(shop.app.name)
                return str(shop.db is db)


            @app.before_request
            def before():
                from shop import app

                return app.config.get("NOTHING")
        """,
        "shop/api/__init__.py": """
            from flask import Blueprint

            api = Blueprint("api", __name__)

            from shop.api import views
        """,
        "shop/api/views.py": """
            from . import api
            from .. import app


            @api.route("/x")
            def x():
                return app.config["SECRET_KEY"]
        """,
        "run.py": """
            from shop import app

            if __name__ == "__main__":
                app.run()
        """,
    },
    "a package with relative imports": {
        "shop/__init__.py": """
            from flask import Flask
            from flask_sqlalchemy import SQLAlchemy

            app = Flask(__name__)
            app.config.from_object("settings.Settings")
            db = SQLAlchemy(app)

            from . import views
            from .commands import seed
        """,
        "shop/views.py": """
            from . import app, db

            log = app.logger
            settings = app.config


            @app.route("/")
            def index():
                log.info("index")
                return settings["SECRET_KEY"]


            if settings["SECRET_KEY"] == "x":

                @app.route("/x")
                def x():
                    return "x"
        """,
        "shop/commands.py": """
            import click

            from . import app
            from . import db


            @app.cli.command("seed")
            @click.argument("count", type=int)
            def seed(count):
                app.logger.info("%s", count)
                db.create_all()
        """,
    },
    "an app in a module of a package": {
        "shop/__init__.py": "",
        "shop/app.py": """
            from flask import Flask
            from flask_sqlalchemy import SQLAlchemy

            app = Flask("shop")
            app.config.from_object("settings.Settings")
            db = SQLAlchemy(app)

            import shop.views
            import shop.hooks as hooks
        """,
        "shop/views.py": """
            from shop.app import app, db


            @app.route("/")
            def index():
                return str(db.metadata)
        """,
        "shop/hooks.py": """
            import shop.app as main


            @main.app.before_request
            def before():
                return main.app.config.get("NOTHING")
        """,
    },
    "stars": {
        "app.py": """
            from flask import *
            from flask_sqlalchemy import *

            app = Flask(__name__)
            app.config.from_object("settings.Settings")
            db = SQLAlchemy(app)

            from views import *
        """,
        "models.py": """
            from app import *


            class User(db.Model):
                id = db.Column(db.Integer, primary_key=True)
        """,
        "views.py": """
            from models import *


            @app.route("/")
            def index():
                return jsonify(app.config["SECRET_KEY"], str(User))
        """,
    },
    "instances in a module that imports the app": {
        "app.py": PLAIN
        + """
    from views import *

    if __name__ == "__main__":
        app.app_context().push()
        db.create_all()
        app.run()
        """,
        "extensions.py": """
            from flask_cors import CORS
            from flask_restful import Api
            from flask_sqlalchemy import SQLAlchemy
            from app import app

            db = SQLAlchemy(app)
            api = Api(app)
            CORS(app)
        """,
        "models.py": """
            from extensions import *


            class User(db.Model):
                id = db.Column(db.Integer, primary_key=True)
        """,
        "views.py": """
            from models import *


            @app.route("/users", methods=['GET'])
            def register():
                return str(User.query.count()) + app.name
        """,
    },
    "modules between": {
        "app.py": PLAIN + "    import parts\n\n    app.config['AFTER'] = app.config['FIRST'] + 1\n",
        "parts/__init__.py": "from parts import first\nfrom parts import second\n",
        "parts/first.py": """
            from app import app

            app.config["FIRST"] = 1


            @app.get("/first")
            def first():
                return "first"
        """,
        "parts/second.py": """
            from app import app
            from parts import first

            app.config["SECOND"] = app.config["FIRST"] + 1
        """,
    },
    "imports in a context": {
        "app.py": PLAIN
        + """
    with app.app_context():
        import views
        from helper import thing

    with app.app_context():
        from views import hello
        app.config["THING"] = thing

    try:
        import quick
    except ImportError:
        quick = None


    @app.get("/thing")
    def show():
        return thing + str(quick)
        """,
        "helper.py": "thing = 'thing'\n",
        "views.py": """
            from app import app


            @app.get("/hello")
            def hello():
                return "hello"
        """,
        "quick.py": """
            from app import app

            app.config["QUICK"] = True
        """,
    },
    "a module that only functions import": {
        "app.py": PLAIN
        + """
    @app.get("/")
    def index():
        from later import colour

        return colour()
        """,
        "later.py": """
            from app import app


            def colour():
                return app.config["COLOUR"]
        """,
    },
    "a module with a block of its own": {
        "app.py": PLAIN + "    import views\n",
        "views.py": """
            from app import app


            @app.get("/")
            def index():
                return "index"


            if __name__ == "__main__":
                app.run()
        """,
    },
    "names that are taken": {
        "app.py": PLAIN
        + """
    def create_app():
        return app


    def register_routes():
        return config


    config = app.config

    from views import register as registering

    @app.get("/1")
    def one():
        return "1"

    @app.get("/2")
    def two():
        return "2"

    @app.get("/3")
    def three():
        return "3"

    @app.get("/4")
    def four():
        return "4"
        """,
        "views.py": """
            from app import app


            @app.post("/register")
            def register():
                return "register"
        """,
    },
}


def home(files: Mapping[str, str]) -> tuple[str, str]:
    """Return the path of the module that makes the app, and how the app is imported."""
    path = next(one for one in ("app.py", "shop/app.py", "shop/__init__.py") if one in files)
    return path, path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") + ":app"


@pytest.mark.parametrize("form", FORMS)
def test_several_modules_serve_the_same(form: str, tmp_path: Path) -> None:
    """An app of several modules serves the same when a factory makes it."""
    files = {**FORMS[form], "settings.py": SETTINGS}
    path, before = home(files)
    same(tmp_path, files, before, path)
