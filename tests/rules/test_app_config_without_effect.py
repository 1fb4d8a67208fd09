from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "app/config-without-effect"
HEAD = """import os
from flask import Flask, current_app
from flask_caching import Cache
from flask_cors import CORS, cross_origin
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
mail = Mail()
cache = Cache()
limiter = Limiter(str)
"""
LINE = HEAD.count("\n") + 1


def marked(code: str) -> list[str]:
    """Return what is to be found: the lines that end in ``# here``."""
    return [f"app.py:{LINE + at} error" for at, line in enumerate(code.splitlines()) if line.endswith("# here")]


@pytest.mark.parametrize(
    "code",
    [
        "app = Flask('x')\ndb.init_app(app)\napp.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite://'  # here",
        "app = Flask('x')\nmail.init_app(app)\napp.config.update(MAIL_SERVER='mx', OTHER=1)  # here",
        "app = Flask('x')\ncache.init_app(app)\napp.config |= {'CACHE_TYPE': 'NullCache'}  # here",
        "app = Flask('x')\nCORS(app)\napp.config['CORS_ORIGINS'] = ['https://a.example']  # here",
        "app = Flask('x')\nlim = Limiter(str, app=app)\napp.config.from_mapping(RATELIMIT_ENABLED=False)  # here",
        (
            "def create_app():\n    app = Flask('x')\n    db.init_app(app)\n"
            "    app.config['SQLALCHEMY_ECHO'] = True  # here\n    return app"
        ),
        (
            "class Config:\n    MAIL_PORT = 25\n    MAIL_SERVER = 'mx'\ndef create_app():\n    app = Flask('x')\n"
            "    mail.init_app(app)\n    app.config.from_object(Config)  # here\n    return app"
        ),
        (
            "def bind(app):\n    for one in (db, mail):\n        one.init_app(app)\ndef create_app():\n    app = Flask('x')\n"
            "    bind(app)\n    app.config['MAIL_SERVER'] = 'mx'  # here\n    return app"
        ),
        (
            "def bind(app):\n    mail.init_app(app)\ndef settle(app):\n    app.config['MAIL_SERVER'] = 'mx'  # here\n"
            "def create_app():\n    app = Flask('x')\n    bind(app)\n    settle(app)\n    return app"
        ),
        (
            "def create_app():\n    app = Flask('x')\n    mail.init_app(app)\n    return app\n"
            "app = create_app()\napp.config['MAIL_SERVER'] = 'mx'  # here"
        ),
        (
            "def make():\n    return Flask('x')\ndef settle(app):\n    app.config['MAIL_SERVER'] = 'mx'  # here\n"
            "def main():\n    app = make()\n    mail.init_app(app)\n    settle(app)\ndef other():\n    settle(None)"
        ),
        "def init(app):\n    mail.init_app(app)\n    if app.debug:\n        app.config['MAIL_SERVER'] = 'mx'  # here",
        "app = Flask('x')\nwith app.app_context():\n    mail.init_app(app)\napp.config['MAIL_SERVER'] = 'mx'  # here",
        "app = Flask('x')\nif app.debug:\n    mail.init_app(app)\n    app.config['MAIL_SERVER'] = 'mx'  # here",
        "app = Flask('x')\ntry:\n    mail.init_app(app)\nfinally:\n    pass\napp.config['MAIL_SERVER'] = 'mx'  # here",
    ],
)
def test_a_write_after_the_binding(code: str) -> None:
    """A key that an extension copies when it is bound is reported where it is written afterwards."""
    assert lines(RULE, HEAD + code + "\n") == marked(code)


@pytest.mark.parametrize(
    "code",
    [
        "app = Flask('x')\napp.config['MAIL_SERVER'] = 'mx'\nmail.init_app(app)",
        "app = Flask('x')\nJWTManager(app)\napp.config['JWT_SECRET_KEY'] = 'x'",
        "app = Flask('x')\nmail.init_app(app)\napp.config['SECRET_KEY'] = 'x'\napp.config['MAIL_ADMINS'] = []",
        "app = Flask('x')\nmail.init_app(app)\napp.config['CACHE_TYPE'] = 'NullCache'",
        "app = Flask('x')\ndb.init_app(app)\napp.config['SQLALCHEMY_TRACK_MODIFICATIONS'] = False",
        "app = Flask('x')\nmail.init_app(app)\napp.config.setdefault('MAIL_SERVER', 'mx')",
        "app = Flask('x')\nmail.init_app(app)\napp.config['MAIL_SERVER'] = 'mx'\nmail.init_app(app)",
        "app = Flask('x')\nmail.init_app(app)\napp.config.from_pyfile('secret.cfg')\napp.config.from_prefixed_env()",
        "app = Flask('x')\nother = Flask('y')\nmail.init_app(app)\nother.config['MAIL_SERVER'] = 'mx'",
        "app = Flask('x')\nif app.debug:\n    mail.init_app(app)\nelse:\n    app.config['MAIL_SERVER'] = 'mx'",
        "app = Flask('x')\nif app.debug:\n    mail.init_app(app)\napp.config['MAIL_SERVER'] = 'mx'",
        "app = Flask('x')\ndef late():\n    mail.init_app(app)\napp.config['MAIL_SERVER'] = 'mx'",
        "def bind(app):\n    if app.debug:\n        mail.init_app(app)\napp = Flask('x')\nbind(app)\napp.config['MAIL_PORT'] = 1",
        (
            "def bind(app):\n    mail.init_app(app)\ndef settle(app):\n    app.config['MAIL_SERVER'] = 'mx'\n"
            "def create_app():\n    app = Flask('x')\n    settle(app)\n    bind(app)\n    return app"
        ),
        "def one(app):\n    mail.init_app(app)\ndef two(app):\n    app.config['MAIL_SERVER'] = 'mx'",
        "def one(app, site):\n    mail.init_app(app)\n    site.config['MAIL_SERVER'] = 'mx'",
        "app = Flask('x')\nmail.init_app(app)\ndef change():\n    current_app.config['MAIL_SERVER'] = 'mx'",
        (
            "app = Flask('x')\nCORS(app)\napp.config['CORS_ORIGINS'] = '*'\n@cross_origin()\ndef view():\n    return ''\n"
            "view2 = cross_origin()(view)"
        ),
        (
            "def create_app(config=None):\n    app = Flask('x')\n    app.config.update(config or {})\n    mail.init_app(app)\n"
            "    return app\napp = create_app({'MAIL_SERVER': 'mx'})"
        ),
        "app = Flask('x')\nif __name__ == '__main__':\n    mail.init_app(app)\napp.config['MAIL_SERVER'] = 'mx'",
        "app = Flask('x')\nmail.init_app(bus)\napp.config['MAIL_SERVER'] = 'mx'",
        "def one(app):\n    mail.init_app(make())\n    app.config['MAIL_SERVER'] = 'mx'",
    ],
)
def test_writes_that_are_read(code: str) -> None:
    """Config in time, config that is read for each call, other keys, other apps and unsure orders are left alone."""
    assert lines(RULE, HEAD + code + "\n") == []


def test_flask_sqlalchemy_2_makes_its_engine_late() -> None:
    """Under a pinned Flask-SQLAlchemy 2 the engine is made with the first query, and the write is read."""
    code = HEAD + "app = Flask('x')\ndb.init_app(app)\napp.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite://'\n"
    assert lines(RULE, {"app.py": code, "requirements.txt": "flask-sqlalchemy==2.5.1\n"}) == []


def test_what_it_says() -> None:
    """The message names all keys of a load and the extension, and points at the binding."""
    code = "class C:\n    MAIL_PORT = 25\n    MAIL_SERVER = 'mx'\napp = Flask('x')\nmail.init_app(app)\napp.config.from_object(C)\n"
    (one,) = findings(RULE, HEAD + code)
    assert one.message == "`MAIL_PORT` and `MAIL_SERVER` are set after `mail` (Mail) has read its config"
    assert (one.symbol, one.related[0].place.line) == ("MAIL_PORT,MAIL_SERVER", LINE + 4)


def test_another_module_writes_to_the_app() -> None:
    """A module that imports the bound app and writes its config is too late."""
    files = {
        "main.py": "from flask import Flask\nfrom flask_mail import Mail\napp = Flask('x')\nmail = Mail(app)\n",
        "extra.py": "from main import app\napp.config['MAIL_SERVER'] = 'mx'\n",
        "tests/test_it.py": "from main import app\napp.config['MAIL_SERVER'] = 'mx'\n",
    }
    assert lines(RULE, files) == ["extra.py:2 error"]


def test_a_module_that_the_app_imports_before_it_binds() -> None:
    """In a circle of imports the order in the module that binds decides."""
    main = "from flask import Flask\nfrom flask_mail import Mail\napp = Flask('x')\n{0}\nmail = Mail(app)\n{1}\n"
    extra = "from main import app\napp.config['MAIL_SERVER'] = 'mx'\n"
    assert lines(RULE, {"main.py": main.format("import extra", ""), "extra.py": extra}) == []
    assert lines(RULE, {"main.py": main.format("", "import extra"), "extra.py": extra}) == ["extra.py:2 error"]


@pytest.mark.parametrize(
    "code",
    [
        "app.config['CACHE_TYPE'] = 'RedisCache'  # here\ncache = Cache(app, config={'CACHE_TYPE': 'SimpleCache'})",
        "app.config['CACHE_TYPE'] = os.environ['KIND']  # here\ncache.init_app(app, config={'CACHE_TYPE': 'SimpleCache'})",
        "app.config['RATELIMIT_STORAGE_URI'] = 'redis://h'  # here\nLimiter(str, app=app, storage_uri='memory://')",
        "app.config['RATELIMIT_DEFAULT'] = '5/hour'  # here\nLimiter(str, app=app, default_limits=['1/hour'])",
        "app.config['CORS_ORIGINS'] = ['https://a.example']  # here\nCORS(app, origins='*')",
        (
            "class Config:\n    RATELIMIT_STRATEGY = 'moving-window'  # here\napp.config.from_object(Config)\n"
            "lim = Limiter(str, strategy='fixed-window')\nlim.init_app(app)"
        ),
    ],
)
def test_an_argument_that_wins(code: str) -> None:
    """A key is reported where a constructor or `init_app` states another value for it."""
    assert lines(RULE, HEAD + "app = Flask('x')\n" + code + "\n") == [
        f"app.py:{LINE + 1 + at} error" for at, line in enumerate(code.splitlines()) if line.endswith("# here")
    ]


def test_an_argument_that_wins_over_several_classes() -> None:
    """Several settings of one key are one finding, the others are related."""
    code = (
        "class Base:\n    CACHE_TYPE = 'RedisCache'\nclass Prod(Base):\n    CACHE_TYPE = 'FileSystemCache'\n"
        "app = Flask('x')\napp.config.from_object(Prod if os.environ.get('P') else Base)\n"
        "cache.init_app(app, config={'CACHE_TYPE': 'SimpleCache'})\n"
    )
    (one,) = findings(RULE, HEAD + code)
    assert [each.message for each in one.related] == ["this wins", "has no effect either"]


@pytest.mark.parametrize(
    "code",
    [
        "app.config['CACHE_TYPE'] = 'SimpleCache'\ncache.init_app(app, config={'CACHE_TYPE': 'SimpleCache'})",
        "app.config['CACHE_TYPE'] = 'SimpleCache'\ncache.init_app(app, config={'CACHE_DIR': '/tmp', **app.config})",
        "app.config['CACHE_TYPE'] = 'SimpleCache'\ncache.init_app(app, config=app.config)",
        "app.config['CACHE_TYPE'] = read()\ncache.init_app(app, config={'CACHE_TYPE': 'SimpleCache'})",
        "app.config['CACHE_TYPE'] = 'x'\ncache.init_app(app, config={'CACHE_TYPE': os.environ.get('C')})",
        "app.config['RATELIMIT_ENABLED'] = False\nLimiter(str, app=app, enabled=True)",
        "app.config['RATELIMIT_DEFAULT'] = '5/hour'\nLimiter(str, app=app, default_limits=['5/hour'])",
        "app.config['RATELIMIT_DEFAULT'] = '5/hour'\nLimiter(str, app=app, default_limits=[])",
        "app.config['CORS_ORIGINS'] = ['https://a.example']\nCORS(app, origins=app.config['CORS_ORIGINS'])",
        "app.config['CORS_ORIGINS'] = ['https://a.example']\nCORS(app, origins='*')\nprint(app.config['CORS_ORIGINS'])",
        "other = Flask('y')\nother.config['CORS_ORIGINS'] = ['https://a.example']\nCORS(app, origins='*')",
        (
            "app.config['CORS_ORIGINS'] = ['https://a.example', 'https://b.example']\n"
            "CORS(app, origins=['https://a.example', 'https://b.example'])"
        ),
        "class TestConfig:\n    CORS_ORIGINS = '*'\napp.config.from_object(TestConfig)\nCORS(app, origins='https://a.example')",
    ],
)
def test_arguments_that_agree(code: str) -> None:
    """The same value twice, unknown values, keys that win over the argument and values read elsewhere are left alone."""
    assert lines(RULE, HEAD + "app = Flask('x')\n" + code + "\n") == []
