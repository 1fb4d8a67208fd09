from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "app/extension-bound-in-constructor"
HEAD = """from flask import Blueprint, Flask, current_app
from flask_caching import Cache
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
"""
LINE = HEAD.count("\n") + 1


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("db = SQLAlchemy(app)", "warning"),
        ("db = SQLAlchemy(app=app)", "warning"),
        ("db = SQLAlchemy(app, engine_options={})", "warning"),
        ("class Services:\n    db = SQLAlchemy(app)", "warning"),
        ("jwt = JWTManager(app)", "note"),
        ("cache = Cache(app, config={'CACHE_TYPE': 'SimpleCache'})", "note"),
        ("Migrate(app, None)", "note"),
        ("app.limiter = Limiter(str, app=app)", "note"),
        ("CORS(app)", "note"),
        ("mail = Mail(make(app))\ndef make(app):\n    return app", "note"),
        ("if __name__ == '__main__':\n    db = SQLAlchemy(app)", "note"),
        ("def create_app():\n    db = SQLAlchemy(app)", "note"),
        ("def create_app():\n    app = Flask(__name__)\n    Migrate(app, None)", "note"),
        ("def bind(app):\n    return Mail(app)", "note"),
        ("class Post:\n    def start(self):\n        self.mail = Mail(current_app)", "note"),
    ],
)
def test_levels_in_one_file(code: str, level: str) -> None:
    """SQLAlchemy at module level is a warning in any file; the others are notes where nobody imports them."""
    found = lines(RULE, HEAD + code + "\n")
    at = next(number for number, line in enumerate(code.splitlines(), LINE) if "(app" in line or "(str" in line or "(cur" in line
              if "def " not in line)  # fmt: skip
    assert found == [f"app.py:{at} {level}"]


@pytest.mark.parametrize(
    "other",
    [
        {"views.py": "from app import app\n"},
        {"views.py": "from app import jwt\n"},
        {"views.py": "import app\n\n@app.jwt.user_lookup_loader\ndef load(header, data):\n    return None\n"},
        {"views.py": "import app as shop\n\nclass Base(shop.app.response_class):\n    pass\n"},
        {"views.py": "def view():\n    from app import app as flask_app\n    return flask_app\n"},
        {"views.py": "from app import *\n\nprint(jwt)\n"},
        {"tests/test_app.py": "from app import app\n"},
        {"shared.py": "from app import jwt as manager\n", "views.py": "from shared import manager\n"},
    ],
)
def test_a_warning_once_someone_imports_it(other: dict[str, str]) -> None:
    """A module or a test that imports the app or the instance makes the binding at import a warning."""
    code = "from flask import Flask\nfrom flask_jwt_extended import JWTManager\n\napp = Flask(__name__)\njwt = JWTManager(app)\n"
    assert lines(RULE, {"app.py": code, **other}) == ["app.py:5 warning"]


@pytest.mark.parametrize(
    "other",
    [
        "import app\n\nprint(app.__name__)\n",
        "from app import *\n\nprint('jwt')\n",
        "from app import helper\n",
        "jwt = app = None\n",
    ],
)
def test_others_that_do_not_touch_it(other: str) -> None:
    """A module that imports something else of the file leaves the note a note."""
    code = "from flask import Flask\nfrom flask_jwt_extended import JWTManager\n\napp = Flask(__name__)\njwt = JWTManager(app)\n"
    assert lines(RULE, {"app.py": code, "views.py": other}) == ["app.py:5 note"]


def test_an_app_of_another_module() -> None:
    """An instance that is bound to another module's app is a warning there, with the app's place."""
    files = {
        "main.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "mailing.py": "from flask_mail import Mail\nfrom main import app\n\nmail = Mail(app)\n",
    }
    (one,) = findings(RULE, files)
    assert (one.place.path, one.level.name, one.symbol) == ("mailing.py", "warning", "mailing:mail")
    assert [each.place.path for each in one.related] == ["main.py"]
    assert "`mail`" in one.message


def test_an_app_that_cannot_be_known() -> None:
    """What is named like an app is taken for one where it comes from a library; other arguments are not."""
    code = """
    from company import app, bus
    from flask_mail import Mail
    from flask_caching import Cache

    mail = Mail(app)
    cache = Cache(bus)
    """
    assert lines(RULE, code) == []
    code = "from flask_mail import Mail\n\ndef bind(app):\n    Mail(app)\n\ndef other(bus):\n    Mail(bus)\n"
    assert lines(RULE, code) == ["app.py:4 note"]


@pytest.mark.parametrize(
    "code",
    [
        "db = SQLAlchemy()\ndb.init_app(app)",
        "db = SQLAlchemy(None)",
        "db = SQLAlchemy(app=None)",
        "migrate = Migrate(db=SQLAlchemy())\nmigrate.init_app(app)",
        "bp = Blueprint('bp', __name__)\nCORS(bp)",
        "limiter = Limiter(str)",
        "limiter = Limiter(app)",
        "limiter = Limiter(str, app=current_app)\nlimiter.init_app(app)",
        "cache = Cache(config={'CACHE_TYPE': 'SimpleCache'})",
    ],
)
def test_two_phases_and_blueprints(code: str) -> None:
    """Instances without an app, CORS on a blueprint and what binds nothing are left alone."""
    assert lines(RULE, HEAD + code + "\n") == []


def test_tests_and_strangers() -> None:
    """Tests may bind as they like, and classes of the same name from elsewhere are no extensions."""
    files = {
        "tests/test_db.py": HEAD + "db = SQLAlchemy(app)\n",
        "api.py": "from fastapi import FastAPI\nfrom slowapi import Limiter\n\napp = FastAPI()\nlimiter = Limiter(app)\n",
        "raw.py": "from databases import SQLAlchemy\nfrom flask import Flask\n\ndb = SQLAlchemy(Flask('x'))\n",
    }
    assert lines(RULE, files) == []
