from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "app/extension-never-bound"
FACTORY = """
    from flask import Flask
    from app.extensions import db

    def create_app():
        app = Flask(__name__)
        db.init_app(app)
        return app
"""
LIMITER = """
    from flask_limiter import Limiter
    from flask_limiter.util import get_remote_address

    limiter = Limiter(get_remote_address)
"""
BARE = "from flask import Flask\n\ndef create_app():\n    return Flask(__name__)\n"


@pytest.mark.parametrize(
    "made",
    [
        "from flask_sqlalchemy import SQLAlchemy\n\nit = SQLAlchemy()\n",
        "from flask_sqlalchemy import SQLAlchemy as Base\nclass SQLAlchemy(Base):\n    pass\nit = SQLAlchemy()\n",
        "import flask_cors\n\nit = flask_cors.CORS()\n",
        "from flask_jwt_extended import JWTManager\n\nit: JWTManager = JWTManager()\n",
        "from flask_caching import Cache as C\n\nit = C(config={'CACHE_TYPE': 'SimpleCache'})\n",
        "from flask_mail import Mail\n\nit = Mail(app=None)\n",
        "from flask import current_app\nfrom flask_mail import Mail\n\nit = Mail(current_app)\n",
        "from flask_migrate import Migrate\n\nit = Migrate()\n",
        "from flask_limiter import Limiter\n\nit = Limiter(lambda: 'all')\n",
        "from flask_limiter import Limiter\n\nit = Limiter(key_func=lambda: 'all')\n",
        "from flask import current_app as app\nfrom flask_limiter import Limiter\n\nit = Limiter(str, app=app)\n",
    ],
)
def test_an_instance_that_nothing_binds(made: str) -> None:
    """An instance of any of the seven is reported where nothing in a project with a factory binds it."""
    files = {"app/__init__.py": BARE, "app/extensions.py": made}
    number = 1 + next(at for at, line in enumerate(made.splitlines()) if line.startswith("it"))
    assert lines(RULE, files) == [f"app/extensions.py:{number} error"]


def test_limiter_takes_the_app_for_a_key_function() -> None:
    """``Limiter(app)`` binds nothing since 3.0, and the message says why."""
    (one,) = findings(
        RULE,
        """
        from flask import Flask
        from flask_limiter import Limiter

        app = Flask(__name__)
        limiter = Limiter(app, default_limits=["5/minute"])
        """,
    )
    assert "key function" in one.message
    assert (one.place.line, one.symbol) == (5, "app:limiter")


def test_an_app_in_a_class_or_a_dropped_result() -> None:
    """An instance without a name, and one on a class, are reported with what names them."""
    found = findings(
        RULE,
        """
        from flask import Flask
        from flask_cors import CORS
        from flask_mail import Mail

        class Services:
            mail = Mail()

        def create_app():
            app = Flask(__name__)
            CORS()
            cache = Mail()
            return app
        """,
    )
    assert [one.symbol for one in found] == ["app:Services.mail", "app:CORS", "app:create_app.cache"]


def test_a_left_over_points_at_the_bound_one() -> None:
    """Beside a bound instance the advice is to import that one."""
    files = {
        "app/__init__.py": FACTORY,
        "app/extensions.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
        "app/models.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
    }
    (one,) = findings(RULE, files)
    assert one.help.startswith("bind it as well, or use `db` of app/extensions.py")
    assert [each.place.path for each in one.related] == ["app/extensions.py", "app/__init__.py"]


def test_cors_on_a_blueprint_is_no_help_to_another() -> None:
    """A CORS bound to a blueprint only is not what an unbound one is told to be replaced by."""
    (one,) = findings(
        RULE,
        """
        from flask import Blueprint, Flask
        from flask_cors import CORS

        bp = Blueprint("api", __name__)
        api_cors = CORS(bp)
        cors = CORS()
        app = Flask(__name__)
        """,
    )
    assert one.help.startswith("call `cors.init_app(app)`")


@pytest.mark.parametrize(
    "bind",
    [
        "from app.extensions import limiter\ndef bind(app):\n    limiter.init_app(app)\n",
        "from app.extensions import limiter\ndef bind(app):\n    limiter.init_app(app=app)\n",
        "from app import extensions\ndef bind(app):\n    extensions.limiter.init_app(app)\n",
        "import app.extensions as ext\ndef bind(app):\n    ext.limiter.init_app(app)\n",
        "from .extensions import limiter as rate\ndef bind(app):\n    rate.init_app(app)\n",
        "from .extensions import *\ndef bind(app):\n    limiter.init_app(app)\n",
        "def bind(app):\n    from app.extensions import limiter\n    limiter.init_app(app)\n",
        "from app.extensions import limiter\ndef bind(app):\n    for one in (limiter,):\n        one.init_app(app)\n",
        "from app.extensions import limiter\nALL = [limiter]\ndef bind(app):\n    [one.init_app(app) for one in ALL]\n",
        (
            "from app.extensions import limiter\ndef bind(app):\n    every = {'l': limiter}\n"
            "    for name, one in every.items():\n        one.init_app(app)\n"
        ),
        "from app.extensions import limiter\ndef bind(app):\n    if app.debug:\n        limiter.init_app(app)\n",
        (
            "from app.extensions import limiter\ndef one(ext, app):\n    ext.init_app(app)\n"
            "def bind(app):\n    one(limiter, app)\n"
        ),
        (
            "from app import extensions\ndef bind(app):\n    for name in ('limiter',):\n"
            "        getattr(extensions, name).init_app(app)\n"
        ),
        (
            "from app import extensions\ndef bind(app):\n    for one in vars(extensions).values():\n"
            "        one.init_app(app)\n"
        ),
        "from werkzeug.utils import import_string\ndef bind(app):\n    import_string('app.extensions:limiter').init_app(app)\n",
        "from importlib import import_module\ndef bind(app):\n    import_module('app.extensions').limiter.init_app(app)\n",
        "from app.extensions import limiter\nfrom their_library import set_up\ndef bind(app):\n    set_up(app, limiter)\n",
        "from app.extensions import limiter\nfrom their_library import set_up\ndef bind(app):\n    set_up(app, [limiter])\n",
        (
            "from app.extensions import limiter\nclass Ext:\n    def __init__(self, app):\n        self.limiter = limiter\n"
            "        self.limiter.init_app(app)\n"
        ),
        "from app.extensions import limiter\ndef bind(app):\n    list(map(lambda one: one.init_app(app), [limiter]))\n",
        "from app.extensions import limiter\ndef bind(app):\n    init = limiter.init_app\n    init(app)\n",
        "from app.extensions import limiter\ndef bind(app):\n    for init in (limiter.init_app,):\n        init(app)\n",
        (
            "from app.extensions import limiter\nfrom functools import partial\ndef bind(app):\n"
            "    partial(limiter.init_app, app)()\n"
        ),
        "from app.extensions import limiter\ndef bind(app):\n    (limiter or None).init_app(app)\n",
    ],
)
def test_every_way_to_bind_elsewhere_counts(bind: str) -> None:
    """A binding in another module counts in each of the forms that real projects use."""
    files = {
        "app/__init__.py": "from flask import Flask\nfrom app.binding import bind\n\n"
        "def create_app():\n    app = Flask(__name__)\n    bind(app)\n    return app\n",
        "app/binding.py": bind,
        "app/extensions.py": LIMITER,
    }
    assert lines(RULE, files) == []


@pytest.mark.parametrize(
    "files",
    [
        {"app/__init__.py": FACTORY, "app/extensions.py": "from .database import db\n",
         "app/database.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"},
        {"app/__init__.py": FACTORY, "app/extensions/__init__.py": "from .db import db\n",
         "app/extensions/db.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"},
        {"app/__init__.py": FACTORY, "app/extensions/db.py": "from flask_sqlalchemy import SQLAlchemy\n"
         "db = SQLAlchemy()\ndef init_app(app):\n    db.init_app(app)\n"},
        {"app/__init__.py": FACTORY, "app/extensions.py": "from app.flask_sqlalchemy import SQLAlchemy\n"
         "db = SQLAlchemy()\n", "app/flask_sqlalchemy.py": "from flask_sqlalchemy import SQLAlchemy as Base\n"
         "class SQLAlchemy(Base):\n    def init_app(self, app):\n        super().init_app(app)\n"},
        {"app/__init__.py": "from flask import Flask\nfrom app.extensions import db\nclass App(Flask):\n    pass\n"
         "def create_app():\n    app = App(__name__)\n    db.set_up(app)\n    return app\n",
         "app/extensions.py": "from flask_sqlalchemy import SQLAlchemy\nclass Database(SQLAlchemy):\n"
         "    def set_up(self, app):\n        self.init_app(app)\ndb = Database()\n"},
        {"app/__init__.py": "from flask import Flask\nfrom app.extensions import db\n"
         "def create_app():\n    app = Flask(__name__)\n    db.set_up(app)\n    return app\n",
         "app/extensions.py": "from flask_sqlalchemy import SQLAlchemy\nclass Database(SQLAlchemy):\n"
         "    def set_up(self, app):\n        super().init_app(app)\ndb = Database()\n"},
    ],
)  # fmt: skip
def test_re_exports_and_subclasses(files: dict[str, str]) -> None:
    """An instance is bound under the name by which another module re-exports it, and through its own class."""
    assert lines(RULE, files) == []


@pytest.mark.parametrize(
    "code",
    [
        "limiter = Limiter(str, app=app)",
        "limiter = Limiter(app, key_func=str)",
        "limiter = Limiter(app)\nlimiter.init_app(app)",
        "app.limiter = Limiter(str)\napp.limiter.init_app(app)",
        "def make():\n    return Limiter(str)\nlimiter = make()\nlimiter.init_app(app)",
        "def make():\n    made = Limiter(str)\n    return made",
        "def make():\n    return Limiter(str)",
        "limiter = None\ndef start():\n    global limiter\n    limiter = Limiter(str)\n    limiter.init_app(app)",
        (
            "class Services:\n    def __init__(self, app):\n        self.limiter = Limiter(str)\n"
            "        self.limiter.init_app(app)\nServices(app)"
        ),
        "class Services:\n    limiter = Limiter(str)\nServices.limiter.init_app(app)",
        "Limiter(str).init_app(app)",
        "(limiter := Limiter(str)).init_app(app)",
        "limiter, other = Limiter(str), 1\nlimiter.init_app(app)",
        "try:\n    limiter = Limiter(str)\nexcept Exception:\n    limiter = Limiter(lambda: '')\nlimiter.init_app(app)",
        "with app.app_context():\n    limiter = Limiter(str)\n    limiter.init_app(app)",
        "if app.debug:\n    limiter = Limiter(str, enabled=False)\nelse:\n    limiter = Limiter(str)\nlimiter.init_app(app)",
    ],
)
def test_ways_in_one_file(code: str) -> None:
    """What is bound in the file that makes it is left alone, however it is written."""
    text = "from flask import Flask\nfrom flask_limiter import Limiter\n\napp = Flask(__name__)\n" + code + "\n"
    assert lines(RULE, {"app.py": text}) == []


def test_the_app_comes_first_before_version_3() -> None:
    """A pinned Flask-Limiter 2 binds with ``Limiter(app)``."""
    files = {
        "app.py": "from flask import Flask\nfrom flask_limiter import Limiter\napp = Flask(__name__)\nlimiter = Limiter(app)\n",
        "requirements.txt": "Flask-Limiter==2.9.2\n",
    }
    assert lines(RULE, files) == []


@pytest.mark.parametrize(
    "files",
    [
        {"shared/db.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"},
        {"plugin/db.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n", "plugin/__init__.py": "",
         "shop/app.py": "from flask import Flask\napp = Flask(__name__)\n"},
        {"app.py": "from slowapi import Limiter\nfrom flask import Flask\napp = Flask(__name__)\nlimiter = Limiter(str)\n"},
        {"app.py": BARE, "tests/test_db.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"},
        {"app.py": BARE, "test_db.py": "from db import db\ndef test(app):\n    db.init_app(app)\n",
         "db.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"},
    ],
)  # fmt: skip
def test_what_is_no_app_s_business(files: dict[str, str]) -> None:
    """A library without an app, another project's folder, strangers and tests are left alone."""
    assert lines(RULE, files) == []


def test_a_folder_elsewhere_that_an_app_imports() -> None:
    """An instance outside the app's folder counts once the app imports it."""
    files = {
        "lib/db.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
        "shop/app.py": "from flask import Flask\nfrom lib.db import db\napp = Flask(__name__)\n",
    }
    assert lines(RULE, files) == ["lib/db.py:2 error"]


def test_an_init_app_of_its_own_binds_nothing_by_itself() -> None:
    """A subclass that passes ``init_app`` on to its base is still to be bound by someone."""
    made = (
        "from flask_sqlalchemy import SQLAlchemy\nclass Database(SQLAlchemy):\n    def __init__(self, app=None):\n"
        "        super().__init__()\n        if app:\n            self.init_app(app)\n"
        "    def init_app(self, app):\n        super().init_app(app)\ndb = Database()\n"
    )
    assert lines(RULE, {"app/__init__.py": BARE, "app/db.py": made}) == ["app/db.py:9 error"]


def test_a_tuple_of_known_extensions_handed_to_an_own_function() -> None:
    """A function of the project that takes the app and an instance and does not bind it is no excuse."""
    files = {
        "app/__init__.py": "from flask import Flask\nfrom flask_migrate import Migrate\nfrom app.db import db\n"
        "def note(app, ext):\n    print(app, ext)\ndef create_app():\n    app = Flask(__name__)\n"
        "    note(app, db)\n    Migrate(app, db)\n    return app\n",
        "app/db.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
    }
    assert lines(RULE, files) == ["app/db.py:2 error"]


SCRIPT = """\
from flask import Flask
from ext import db
app = Flask(__name__)
if {test}:
    {body}
else:
    {other}
"""
GUNICORN = {"Procfile": "web: gunicorn app:app\n"}


def script(
    deploy: dict[str, str],
    test: str = "__name__ == '__main__'",
    body: str = "db.init_app(app); app.run()",
    other: str = "pass",
    path: str = "app.py",
) -> list[str]:
    """Return the findings where a module binds in a condition."""
    code = SCRIPT.format(test=test, body=body, other=other)
    ext = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
    return lines(RULE, {path: code, "ext.py": ext, **deploy})


@pytest.mark.parametrize(
    "deploy",
    [
        GUNICORN,
        {"Procfile": "web: gunicorn -w 4 app:app\n"},
        {"Dockerfile": 'FROM python\nCMD ["gunicorn", "-b", "0.0.0.0:8000", "app:app"]\n'},
        {"start.sh": "exec waitress-serve --port=80 app:app\n"},
        {"docker-compose.yml": "services:\n  web:\n    command: gunicorn app:app\n"},
    ],
)
def test_bound_only_as_a_script(deploy: dict[str, str]) -> None:
    """What is bound under `__main__` alone is not bound where a server imports the module."""
    assert script(deploy) == ["app.py:5 error"]
    assert script(deploy, "'__main__' == __name__ and True") == ["app.py:5 error"]
    assert script(deploy, path="app/__init__.py") == ["app/__init__.py:5 error"]
    assert script(deploy, body="db.init_app(app) if ready else app.run()") == ["app.py:5 error"]


@pytest.mark.parametrize(
    "deploy",
    [
        {},
        {"Procfile": "web: python app.py\n"},
        {"Procfile": "# gunicorn app:app\nweb: python app.py\n"},
        {"Procfile": "web: gunicorn wsgi:app\n"},
        {"Procfile": "web: gunicorn my_app:app\n"},
        {"Procfile": "web: gunicorn 'app:create_app()'\n"},
        {"README.md": "gunicorn app:app\n"},
        {"Dockerfile": "COPY gunicorn.conf.py /app:app/\nCMD python app.py\n"},
    ],
)
def test_a_script_that_no_server_imports(deploy: dict[str, str]) -> None:
    """Where nothing has a server import the module, it may well be run as a script."""
    assert script(deploy) == []


def test_bound_when_imported_too() -> None:
    """What is bound when the module is imported, in an `else` or elsewhere, is bound."""
    assert script(GUNICORN, "__name__ != '__main__'") == []
    assert script(GUNICORN, "app.debug") == []
    assert script(GUNICORN, other="db.init_app(app)") == []
    assert script(GUNICORN, body="pass", other="db.init_app(app)") == []
    assert script({**GUNICORN, "late.py": "from app import app\nfrom ext import db\ndb.init_app(app)\n"}) == []
    assert script(GUNICORN, "__name__ == '__main__'", "start(db.init_app); db.init_app(app)") == []
    assert script({**GUNICORN, "made.py": "from ext import db\ndef make(app): db.init_app(app)\n"}) == []


def test_the_message_of_a_script_names_both_files() -> None:
    """The finding says which file serves what, and points there."""
    ext = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
    code = SCRIPT.format(test="__name__ == '__main__'", body="db.init_app(app)", other="pass")
    (found,) = findings(RULE, {"app.py": code, "ext.py": ext, **GUNICORN})
    assert found.message == (
        "`db` (SQLAlchemy) is bound only when app.py is run as a script, and Procfile serves `app:app`: "
        "then it is never given an app"
    )
    assert found.help == 'bind `db` above `if __name__ == "__main__"`'
    assert [(one.place.path, one.place.line) for one in found.related] == [("Procfile", 1)]


@pytest.mark.parametrize(
    ("importing", "loading", "told"),
    [
        ("from dynaconf import FlaskDynaconf", 'app.config.load_extensions("EXTENSIONS")', 0),
        ("from dynaconf import FlaskDynaconf", "app.config.load_extensions()", 0),
        ("from dynaconf import FlaskDynaconf", 'FlaskDynaconf(app, extensions_list="EXTENSIONS")', 0),
        ("from dynaconf.contrib import FlaskDynaconf", "FlaskDynaconf(app, extensions_list=True)", 0),
        ("from dynaconf import FlaskDynaconf", "FlaskDynaconf(app)", 1),
        ("import discord", "bot.load_extensions()", 1),
    ],
)
def test_dynaconf_may_bind_what_its_settings_name(importing: str, loading: str, told: int) -> None:
    """What Dynaconf loads is named in a settings file, so any instance may be bound; without that call none is."""
    code = (
        f"{importing}\nfrom flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
        f"def create_app():\n    app = Flask(__name__)\n    {loading}\n    return app\n"
    )
    assert len(lines("app/extension-never-bound", code)) == told
