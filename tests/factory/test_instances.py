"""Extension instances: made without an app in a module of their own, bound in the factory."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.factory.shapes import Files, converted, refused, same, text, texts

HEAD = """
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
"""

SHOP = HEAD + """db = SQLAlchemy(app)


class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)


@app.route("/")
def home():
    return str(len(db.metadata.tables))
"""


def test_an_instance_moves_to_extensions(tmp_path: Path) -> None:
    """The instance is made in extensions.py, the home imports it, the factory binds it behind the settings."""
    found = same(tmp_path, SHOP)
    assert found["extensions.py"] == "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n"
    assert found["app.py"] == textwrap.dedent("""\
        from flask import Flask

        from extensions import db


        def create_app(config=None):
            app = Flask(__name__)
            app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
            if config is not None:
                app.config.update(config)

            db.init_app(app)
            app.add_url_rule("/", view_func=home)

            return app


        class Item(db.Model):
            id = db.Column(db.Integer, primary_key=True)


        def home():
            return str(len(db.metadata.tables))
        """)
    assert found["wsgi.py"] == "from app import create_app\n\napp = create_app()\n"


ALIKE = {
    "several": """
        from flask_login import LoginManager
        from flask_caching import Cache
        from flask_migrate import Migrate

        db = SQLAlchemy(app)
        migrate = Migrate(app, db, directory="m")
        cache = Cache(app, config={"CACHE_TYPE": "SimpleCache"})
        login_manager = LoginManager(app)
        login_manager.login_view = "home"
        login_manager.login_message = None

        @login_manager.user_loader
        def load(number):
            return None

        @app.route("/")
        @cache.cached()
        def home():
            return "home"
        """,
    "already made without": """
        db = SQLAlchemy()
        db.init_app(app)

        @app.route("/")
        def home():
            return "home"
        """,
    "without a name": """
        from flask_cors import CORS

        CORS(app, origins=["https://example.org"])

        @app.route("/")
        def home():
            return "home"
        """,
    "arguments that move along": """
        from sqlalchemy import MetaData
        from sqlalchemy.orm import DeclarativeBase

        NAMING = {"pk": "pk_%(table_name)s"}

        class Base(DeclarativeBase):
            metadata = MetaData(naming_convention=NAMING)

        db = SQLAlchemy(app, model_class=Base)

        @app.route("/")
        def home():
            return db.metadata.naming_convention["pk"]
        """,
    "an argument of the config": """
        from flask_caching import Cache

        app.config["CACHE_TYPE"] = "SimpleCache"
        cache = Cache(app, config={"CACHE_TYPE": app.config["CACHE_TYPE"]})

        @app.route("/")
        def home():
            return "home"
        """,
    "a key function": """
        from flask import request
        from flask_limiter import Limiter

        def client():
            return request.remote_addr or "nobody"

        limiter = Limiter(client, app=app, default_limits=["100/minute"], storage_uri="memory://")

        @app.route("/")
        @limiter.limit("50/minute")
        def home():
            return "home"
        """,
    "tables at once": """
        db = SQLAlchemy(app)

        class Item(db.Model):
            id = db.Column(db.Integer, primary_key=True)

        with app.app_context():
            db.create_all()

        @app.route("/")
        def home():
            return str(db.session.query(Item).count())
        """,
    "a context that is pushed": """
        db = SQLAlchemy(app)

        class Item(db.Model):
            id = db.Column(db.Integer, primary_key=True)

        app.app_context().push()
        db.create_all()
        db.session.add(Item())
        db.session.commit()
        app.config["COUNT"] = 1
        db.session.rollback()

        @app.route("/")
        def home():
            return "home"
        """,
    "annotated": """
        db: SQLAlchemy = SQLAlchemy(app)

        @app.route("/")
        def home():
            return "home"
        """,
    "an interface of its own for each app": """
        from flask_restful import Api, Resource

        api = Api(app)

        class Items(Resource):
            def get(self):
                return {"greeting": app.name}

        api.add_resource(Items, "/items")
        """,
    "a subclass": """
        class Database(SQLAlchemy):
            pass

        db = Database(app)

        @app.route("/")
        def home():
            return type(db).__name__
        """,
}


@pytest.mark.parametrize("body", ALIKE.values(), ids=list(ALIKE))
def test_what_an_extension_does_stays(tmp_path: Path, body: str) -> None:
    """However an extension is made and bound, the app of the factory has it in the same way."""
    (own,) = texts({"app.py": body}).values()
    same(tmp_path, HEAD + "\n" + own)
