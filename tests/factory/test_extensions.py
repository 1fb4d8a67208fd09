"""Extensions bound in their constructors: made in a file of their own, bound in the old order."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.factory.converted import same

HEAD = """
    import os

    from flask import Flask, request

    app = Flask(__name__)
    app.config["SECRET_KEY"] = "not to be told to anyone, ever"
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
"""

FORMS = {
    "the seven": """
        from flask_caching import Cache
        from flask_cors import CORS
        from flask_jwt_extended import JWTManager, jwt_required
        from flask_limiter import Limiter
        from flask_limiter.util import get_remote_address
        from flask_mail import Mail
        from flask_migrate import Migrate
        from flask_sqlalchemy import SQLAlchemy

        db = SQLAlchemy(app)
        migrate = Migrate(app, db, render_as_batch=True)
        jwt = JWTManager(app)
        app.config["CACHE_TYPE"] = "SimpleCache"
        cache = Cache(app)
        mail = Mail(app)
        limiter = Limiter(get_remote_address, app=app, default_limits=["9 per day"], storage_uri="memory://")
        CORS(app, supports_credentials=True)

        class User(db.Model):
            id = db.Column(db.Integer, primary_key=True)

        @app.get("/")
        @jwt_required()
        @limiter.limit("1 per day")
        @cache.cached(timeout=5)
        def index():
            return str(User.query.count())

        with app.app_context():
            db.create_all()
    """,
    "arguments over several lines": """
        from flask_cors import CORS
        from flask_limiter import Limiter
        from flask_limiter.util import get_remote_address

        limiter = Limiter(
            key_func=get_remote_address,
            app=app,  # this one
            default_limits=["100 per day"],
            storage_uri="memory://",
        )
        cors = CORS(
            app,
            origins=["https://a.example"],
            max_age=5,
        )
    """,
    "helpers and constants that go along": """
        from flask_limiter import Limiter
        from flask_limiter.util import get_remote_address
        from flask_sqlalchemy import SQLAlchemy
        from sqlalchemy.orm import DeclarativeBase

        WHERE = os.environ.get("NOT_THERE", "memory://")

        class Base(DeclarativeBase):
            pass

        def whose():
            return app.config.get("WHOSE") or request.headers.get("X-Key") or get_remote_address()

        db = SQLAlchemy(app, model_class=Base)
        limiter = Limiter(whose, app=app, storage_uri=WHERE)

        @app.get("/")
        def index():
            return WHERE + Base.__name__
    """,
    "made without an app already": """
        from flask_login import LoginManager
        from flask_sqlalchemy import SQLAlchemy

        db = SQLAlchemy()
        login_manager = LoginManager()
        db.init_app(app)
        login_manager.init_app(app)
        login_manager.login_view = "login"
        login_manager.login_message = f"{app.name} does not know you"

        @login_manager.user_loader
        def load(number):
            return None

        @app.get("/login")
        def login():
            return "login"
    """,
    "arguments that need the app": """
        from flask_caching import Cache

        app.config["CACHE_TYPE"] = "SimpleCache"
        cache = Cache(app, config=app.config)
    """,
    "an extension that needs the app for more than to be bound": """
        from flask_limiter import Limiter
        from flask_limiter.util import get_remote_address

        app.config["STORE"] = "memory://"
        limiter = Limiter(get_remote_address, app=app, storage_uri=app.config["STORE"])

        @app.get("/")
        def index():
            limiter.check()
            return "index"
    """,
    "a class of the project": """
        from flask_cors import CORS

        class Open(CORS):
            pass

        opened = Open(app, origins="*")
    """,
    "a class of the project that asks the app": """
        from flask_sqlalchemy import SQLAlchemy

        class Database(SQLAlchemy):
            def where(self):
                return app.config["SQLALCHEMY_DATABASE_URI"]

        db = Database(app)

        class User(db.Model):
            id = db.Column(db.Integer, primary_key=True)

        @app.get("/")
        def index():
            return db.where()
    """,
    "an import that goes along once": """
        from flask import current_app
        from flask_sqlalchemy import SQLAlchemy

        class Database(SQLAlchemy):
            def where(self):
                return current_app.name + app.name

        db = Database(app)
    """,
    "a RESTful API": """
        from flask_restful import Api, Resource

        api = Api(app, prefix="/api")

        class Thing(Resource):
            def get(self):
                return 1

        api.add_resource(Thing, "/thing", endpoint="thing")
    """,
    "a RESTful API with decorators": """
        from flask_restful import Api, Resource

        api = Api(app)

        @api.resource("/thing")
        class Thing(Resource):
            def get(self):
                return 1
    """,
    "an API of blueprints": """
        from flask_smorest import Api, Blueprint

        app.config.update(API_TITLE="Things", API_VERSION="1", OPENAPI_VERSION="3.0.2")
        api = Api(app)
        things = Blueprint("things", __name__)

        @things.route("/things")
        def every():
            return "[]"

        api.register_blueprint(things)
    """,
    "one that is not known": """
        class Meter:
            def __init__(self, app):
                app.extensions["meter"] = self

            def count(self):
                return 1

        meter = Meter(app)

        @app.get("/")
        def index():
            return str(meter.count())
    """,
    "one name for two": """
        from flask_caching import Cache

        if os.environ.get("NOT_THERE"):
            cache = Cache(app, config={"CACHE_TYPE": "NullCache"})
        else:
            cache = Cache(app, config={"CACHE_TYPE": "SimpleCache"})

        @app.get("/")
        def index():
            return str(cache.get("x"))
    """,
    "a context that is pushed": """
        from flask_sqlalchemy import SQLAlchemy

        app.app_context().push()
        db = SQLAlchemy(app)

        class Tea(db.Model):
            id = db.Column(db.Integer, primary_key=True)

        def seed():
            if Tea.query.count() == 0:
                db.session.add(Tea())
                db.session.commit()

        db.create_all()
        seed()
        app.config["TEAS"] = Tea.query.count()
        first = Tea.query.first().id

        @app.get("/")
        def index():
            return str(first)

        if __name__ == "__main__":
            db.create_all()
            app.run()
    """,
    "defaults from config": """
        from flask_limiter import Limiter
        from flask_limiter.util import get_remote_address
        from flask_sqlalchemy import SQLAlchemy

        class Settings:
            PICTURE = "a.png"
            RATELIMIT_STORAGE_URI = "memory://"

        app.config.from_object(Settings)
        app.config["SIZE"] = app.name * 2
        db = SQLAlchemy(app)
        limiter = Limiter(get_remote_address, app=app)

        class User(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            picture = db.Column(db.String(9), default=app.config["PICTURE"])
            size = db.Column(db.String(9), default=app.config["SIZE"])

        @app.get("/")
        @limiter.limit(app.config["SIZE"])
        def index():
            return "index"
    """,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", FORMS)
def test_extensions_serve_the_same(form: str, tmp_path: Path) -> None:
    """An app whose extensions are bound by a factory serves the same."""
    same(tmp_path, dedent(HEAD) + dedent(FORMS[form]))
