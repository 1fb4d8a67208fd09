"""Extension instances: made without an app in a module of their own, bound in the factory."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.factory.shapes import converted, same, text, texts

HEAD = """
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
"""

SHOP = (
    HEAD
    + """db = SQLAlchemy(app)


class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)


@app.route("/")
def home():
    return str(len(db.metadata.tables))
"""
)


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


def became(body: str, path: str = "extensions.py") -> str:
    """Return the file of the instances, or another one, of a small app."""
    (own,) = texts({"app.py": body}).values()
    return text(HEAD + "\n" + own, path)


@pytest.mark.parametrize(
    ("body", "result"),
    [
        (  # comments go with their instances
            """
            # the database
            db = SQLAlchemy(app)
            # for what is asked often
            cache = Cache(app)
            import flask_caching
            from flask_caching import Cache
            """,
            """
            from flask_sqlalchemy import SQLAlchemy
            from flask_caching import Cache

            # the database
            db = SQLAlchemy()

            # for what is asked often
            cache = Cache()
            """,
        ),
        (
            """
            import flask_login

            login = flask_login.LoginManager(app)
            """,
            """
            import flask_login

            login = flask_login.LoginManager()
            """,
        ),
        (  # two arguments of one constant
            """
            from flask_limiter import Limiter
            from flask_limiter.util import get_remote_address

            LIMIT = "1/day"
            limiter = Limiter(get_remote_address, app=app, default_limits=[LIMIT], application_limits=[LIMIT])
            """,
            """
            from flask_limiter import Limiter
            from flask_limiter.util import get_remote_address

            LIMIT = "1/day"
            limiter = Limiter(get_remote_address, default_limits=[LIMIT], application_limits=[LIMIT])
            """,
        ),
        (  # an instance of another one
            """
            from flask_marshmallow import Marshmallow

            db = SQLAlchemy(app)
            ma = Marshmallow(app)
            other = SQLAlchemy(app, metadata=db.metadata)
            """,
            """
            from flask_sqlalchemy import SQLAlchemy
            from flask_marshmallow import Marshmallow

            db = SQLAlchemy()
            ma = Marshmallow()
            other = SQLAlchemy(metadata=db.metadata)
            """,
        ),
    ],
)
def test_the_file_of_the_instances(body: str, result: str) -> None:
    """The file has the instances, what their arguments need, the imports for it, and the comments."""
    assert became(body) == textwrap.dedent(result).lstrip("\n")


def test_the_instances_keep_the_future() -> None:
    """What a module wants of the language's future, the file of its instances wants too."""
    found = text(
        "from __future__ import annotations\n" + HEAD + "\ndb: SQLAlchemy = SQLAlchemy(app)\n", "extensions.py"
    )
    assert found.startswith("from __future__ import annotations\n")


@pytest.mark.parametrize(
    "body",
    [
        # the key function is a hook of the app
        """
        from flask_limiter import Limiter

        @app.before_request
        def key():
            return None

        limiter = Limiter(key, app=app)
        """,
        # the constant depends on a condition
        """
        from flask_limiter import Limiter

        if __debug__:
            LIMIT = "1/day"
        else:
            LIMIT = "2/day"
        limiter = Limiter("key", app=app, default_limits=[LIMIT])
        """,
        # it is assigned twice
        """
        from flask_limiter import Limiter

        LIMIT = "1/day"
        LIMIT = LIMIT.upper()
        limiter = Limiter("key", app=app, default_limits=[LIMIT])
        """,
        # the arguments are in a list, or one too many
        """
        from flask_caching import Cache

        cache = Cache(*[app])
        """,
        """
        from flask_caching import Cache

        cache = Cache(app, True, {}, 1)
        """,
        # the app is given twice
        """
        from flask_caching import Cache

        cache = Cache(app, app=app)
        """,
        # what the database needs is made with the app
        """
        names = app.name

        db = SQLAlchemy(app, metadata=names)
        """,
        # an instance is bound to a name twice
        """
        db = SQLAlchemy(app)
        db = SQLAlchemy(app)
        """,
        # an extension that is not known
        """
        from flask_thing import Thing

        thing = Thing(app)
        """,
        # a class that asks for more than the current app has
        """
        class Database(SQLAlchemy):
            def where(self):
                return app.test_client()

        db = Database(app)
        """,
        # a class that is none of an extension's
        """
        from flask_limiter import Limiter

        class Key:
            def __call__(self):
                return app.name

        limiter = Limiter(Key(), app=app)
        """,
        # a second one without a name
        """
        from flask_cors import CORS

        CORS()
        """,
    ],
)
def test_what_cannot_be_made_without_the_app_is_made_in_the_factory(body: str) -> None:
    """An instance whose arguments cannot move, or are not understood, is made where the app is."""
    (own,) = texts({"app.py": body}).values()
    assert "extensions.py" not in converted(HEAD + "\n" + own).files


def test_an_instance_made_in_the_factory_needs_what_is_made_there() -> None:
    """An instance that is made of something of the factory is made behind it."""
    found = became(
        """
        from flask_caching import Cache

        kind = app.config["KIND"].lower()
        db = SQLAlchemy(metadata=kind)
        """,
        "app.py",
    )
    assert '    kind = app.config["KIND"].lower()\n    db = SQLAlchemy(metadata=kind)\n' in found


def test_a_class_of_an_instance_asks_the_current_app(tmp_path: Path) -> None:
    """What a class of an instance asks the app when it is used, it asks the current one."""
    body = (
        HEAD
        + """
class Database(SQLAlchemy):
    def where(self):
        return app.config["SQLALCHEMY_DATABASE_URI"]

db = Database(app)

@app.route("/")
def home():
    return db.where()
"""
    )
    found = same(tmp_path, body)["extensions.py"]
    assert found.startswith("from flask import current_app\nfrom flask_sqlalchemy import SQLAlchemy\n")


def test_a_class_that_may_be_missing_comes_along(tmp_path: Path) -> None:
    """An import that is tried is needed where the instance is made."""
    body = HEAD.replace(
        "from flask_sqlalchemy import SQLAlchemy",
        "try:\n    from flask_sqlalchemy import SQLAlchemy\nexcept ImportError:\n    raise",
    )
    same(
        tmp_path,
        body + "\ndb = SQLAlchemy(app)\n\n@app.route('/')\ndef home():\n    return str(len(db.metadata.tables))\n",
    )


@pytest.mark.parametrize("key", ["key", "lambda: app.config['KEY']"])
def test_an_instance_whose_argument_asks_the_app_is_made_in_the_factory(key: str) -> None:
    """A function that needs the app is given to an instance where the app is."""
    body = f"from flask_limiter import Limiter\n\ndef key():\n    return app.config['KEY']\n\nlimiter = Limiter({key}, app=app)\n"
    assert f"    limiter = Limiter({key}, app=app)\n" in became(body, "app.py")


def test_a_second_without_a_name_stays_a_call() -> None:
    """Two of one class without names are not one instance."""
    found = became("from flask_cors import CORS\n\nCORS(app, origins=['a'])\nCORS(app, origins=['b'])\n", "app.py")
    assert found.count("    CORS(app, ") + found.count("    cors.init_app(app, ") == 2


@pytest.mark.parametrize(
    ("body", "there"),
    [
        ("db = SQLAlchemy(app)\ndb.Query = None\n", "    db.Query = None\n"),
        ("from flask_login import LoginManager\n\nlogin = LoginManager(app)\nlogin.x.y = 1\n", "\nlogin.x.y = 1\n"),
        (
            "from flask_login import LoginManager\n\nlogin = LoginManager(app)\nlogin.a = login.b = 1\n",
            "login.a = login.b = 1\n",
        ),
        ("class Box:\n    pass\n\nbox = Box()\nbox.x = 1\ndb = SQLAlchemy(app)\n", "\nbox.x = 1\n"),
        (
            "from flask_login import LoginManager\n\nVIEW = 'a'\nlogin = LoginManager(app)\nlogin.login_view = VIEW\n",
            "login.login_view = VIEW\n",
        ),
    ],
)
def test_only_a_plain_setting_moves_along(body: str, there: str) -> None:
    """What sets more than one attribute of one quiet instance, or of something else, stays in the home."""
    assert there.strip() in became(body, "app.py")


def test_another_module_keeps_what_it_reads(tmp_path: Path) -> None:
    """Modules that have the instances from the home have them from the new file, or through the home where they name it."""
    files = {
        "app.py": HEAD
        + """
from flask_cors import CORS
from settings import ORIGINS
import settings

db = SQLAlchemy(app)
cors = CORS(app, origins=ORIGINS)
SIZE = 3

import models
import views
""",
        "settings.py": "ORIGINS = ['https://example.org']\n",
        "models.py": """
            from app import SIZE, db

            class Item(db.Model):
                id = db.Column(db.Integer, primary_key=True)
                size = db.Column(db.String(SIZE))
            """,
        "views.py": """
            import app as main
            from app import SQLAlchemy

            @main.app.route("/")
            def home():
                return str(len(main.db.metadata.tables)) + SQLAlchemy.__name__
            """,
    }
    found = same(tmp_path, files)
    assert "from extensions import db\n" in found["models.py"]
    assert "from app import SIZE\n" in found["models.py"]
    assert "from settings import ORIGINS\n" in found["app.py"]


def test_relative_names_stay_relative(tmp_path: Path) -> None:
    """In a package that imports relatively, the new file is imported relatively, in the folder of the home."""
    files = {
        "shop/__init__.py": HEAD + "\ndb = SQLAlchemy(app)\n\nfrom . import views\n",
        "shop/views/__init__.py": "from .. import app, db\n\n\n@app.route('/')\ndef home():\n    return str(len(db.metadata.tables))\n",
    }
    found = same(tmp_path, files, home="shop/__init__.py")
    assert "from .extensions import db\n" in found["shop/__init__.py"] or "db.init_app" in found["shop/__init__.py"]
    assert "from ..extensions import db\n" in found["shop/views/__init__.py"]


def test_a_file_that_is_there_is_not_written_over() -> None:
    """Where there is an extensions.py or a package of that name, the new file has another name."""
    for other in ("extensions.py", "extensions/__init__.py"):
        assert "exts.py" in converted({"app.py": HEAD + "\ndb = SQLAlchemy(app)\n", other: "x = 1\n"}).files


def test_names_from_a_star_are_imported_by_name() -> None:
    """What the home has from a star, the file of the instances imports by its name."""
    code = HEAD.replace(
        "from flask_sqlalchemy import SQLAlchemy", "from flask_sqlalchemy import SQLAlchemy\nfrom settings import *"
    )
    files = {
        "app.py": code + "\nfrom flask_limiter import Limiter\n\nlimiter = Limiter(key, app=app)\n",
        "settings.py": "def key():\n    return 'k'\n",
    }
    assert "from settings import key\n" in text(files, "extensions.py")


def test_a_class_from_a_module_of_imports_comes_from_there(tmp_path: Path) -> None:
    """A class that a module of the project gives with a star is imported from that module, and nothing else is."""
    code = HEAD.replace("from flask_sqlalchemy import SQLAlchemy", "from base import *")
    files = {
        "app.py": code
        + "\ndb = SQLAlchemy(app)\n\n@app.route('/')\ndef home():\n    return str(len(db.metadata.tables))\n",
        "base.py": "from flask_sqlalchemy import SQLAlchemy\nUNUSED = 1\n",
    }
    assert same(tmp_path, files)["extensions.py"] == "from base import SQLAlchemy\n\ndb = SQLAlchemy()\n"
