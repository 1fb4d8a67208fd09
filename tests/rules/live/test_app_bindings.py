"""The rules about how extensions are bound, on live apps."""

from __future__ import annotations

import pytest

from keck.finding import Level
from keck.live.record import Instance, LiveApp
from tests.live_support import booted, findings, live, skipped

NEVER, SECOND, TWICE, INERT = (
    "app/extension-never-bound",
    "app/second-extension-instance",
    "app/extension-bound-twice",
    "app/extension-inert",
)
HEAD = """
from flask import Flask
from flask_caching import Cache
from flask_cors import CORS
from flask_jwt_extended import JWTManager, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", CACHE_TYPE="SimpleCache", RATELIMIT_STORAGE_URI="memory://")
app.config["JWT_SECRET_KEY"] = "b7c1f0d2a49e4c6f8d3e5a7b9c0d1e2f"
"""


def _app(text: str) -> str:
    return HEAD + text


@pytest.mark.parametrize(
    ("text", "symbol", "part"),
    [
        ("limiter = Limiter(get_remote_address)", "app:limiter", "its limits are never counted"),
        (
            'limiter = Limiter(get_remote_address)\n@app.get("/")\n@limiter.limit("1/minute")\ndef index(): return "x"',
            "app:limiter",
            "the limit of 1 route is never counted",
        ),
        ("db = SQLAlchemy()", "app:db", "every query through it fails"),
        (
            (
                "db = SQLAlchemy()\nclass A(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
                "class B(db.Model):\n    id = db.Column(db.Integer, primary_key=True)"
            ),
            "app:db",
            "none of its 2 models can be queried",
        ),
        ("cors = CORS()", "app:cors", "no answer gets its headers"),
        ("cache = Cache()", "app:cache", "every use of it is a KeyError"),
        ("mail = Mail()", "app:mail", "sending through it fails"),
        ("jwt = JWTManager()", "app:jwt", "its callbacks are never asked"),
        (
            "jwt = JWTManager()\n@app.get('/')\n@jwt_required()\ndef index(): return 'x'",
            "app:jwt",
            "is never given an app: its 1 guarded route answers 500",
        ),
        (
            (
                "jwt = JWTManager()\n@app.route('/', methods=['GET', 'POST'])\n@jwt_required(optional=True)\n"
                "def index(): return 'x'\n@app.get('/open')\ndef news(): return 'x'"
            ),
            "app:jwt",
            "each of its 2 guarded routes answers 500",
        ),
        ("migrate = Migrate(app)", "app:migrate", "there is no `flask db` for it"),
        ("limiter = Limiter(app)", "app:limiter", "is never given an app"),
    ],
)
def test_instances_without_an_app_are_found(text: str, symbol: str, part: str) -> None:
    """An instance that no `init_app()` has reached is found at the line that makes it."""
    (one,) = live(NEVER, _app(text))
    assert (one.symbol, one.level) == (symbol, Level.error)
    assert part in one.message
    assert one.place.line >= 14


def test_a_guard_without_a_manager_is_found() -> None:
    """Views that need a token and no manager anywhere are one finding."""
    view = '@app.get("/{0}")\n@jwt_required()\ndef {0}(): return "x"\n'
    (one,) = live(NEVER, _app(view.replace("{0}", "me") + view.replace("{0}", "orders")))
    assert "the guard of `me()` and of 1 more needs a JWTManager" in one.message
    (one,) = live(NEVER, _app(view.replace("{0}", "me")))
    assert "the guard of `me()` needs a JWTManager" in one.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "limiter = Limiter(get_remote_address, app=app)",
        "limiter = Limiter(get_remote_address)\nlimiter.init_app(app)",
        "db = SQLAlchemy(app)\nmigrate = Migrate(app, db)",
        "for one in (SQLAlchemy(), JWTManager(), Cache(), Mail()):\n    one.init_app(app)",
        "CORS(app)",
        "db = SQLAlchemy(app)\none = Migrate(app, db)\ntwo = Migrate(app, db)",
        "cors = CORS()\ncors.init_app(app)",
        "limiter = Limiter(get_remote_address, enabled=False)\nlimiter.init_app(app)",
        "app.config['RATELIMIT_ENABLED'] = False\nlimiter = Limiter(get_remote_address, app=app)",
        "db = SQLAlchemy()\nother = Flask('other')\nother.config.update(app.config)\ndb.init_app(other)",
        "jwt = JWTManager(app)\n@app.get('/')\n@jwt_required()\ndef index(): return 'x'",
        "from unittest.mock import Mock\nlimiter = Mock(spec=Limiter)",
        "from werkzeug.local import LocalProxy\ndb = SQLAlchemy(app)\nproxy = LocalProxy(lambda: db)",
        "import weakref\nlimiter = Limiter(get_remote_address, app=app)\nproxy = weakref.proxy(limiter)",
    ],
)
def test_instances_with_an_app_are_silent(text: str) -> None:
    """However an instance gets its app, mocks and proxies among it, a bound one is no finding."""
    assert live(NEVER, _app(text)) == []


def test_instances_of_tests_and_libraries_are_silent() -> None:
    """What a library or a test holds for itself is no fault of the app."""
    files = {
        "app.py": _app("import shop_test\nimport test_helpers"),
        "shop_test.py": "from flask_mail import Mail\nmail = Mail()\n",
        "test_helpers.py": "from flask_caching import Cache\ncache = Cache()\n",
    }
    assert live(NEVER, files) == []


@pytest.mark.parametrize(
    "one",
    [
        Instance("limiter", "lib:limiter"),
        Instance("limiter"),
    ],
)
def test_instances_that_nobody_is_known_to_make_are_silent(one: Instance) -> None:
    """An instance in site-packages, or one without a name and a place, is not told of."""
    from dataclasses import replace

    from keck.live.record import Spot

    spot = Spot("/venv/lib/python3.11/site-packages/lib.py", 3, 3) if one.name else Spot()
    assert findings(NEVER, LiveApp("shop", instances=(replace(one, spot=spot),))) == []


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        (
            "jwt = JWTManager(app)\nspare = JWTManager()",
            "does not serve the app, `jwt` (Flask-JWT-Extended) does",
            "or use `jwt`",
        ),
        ("cache = Cache(app)\nspare = Cache()", "is never given an app", "or use `cache` (Flask-Caching) in its place"),
    ],
)
def test_the_instance_that_serves_is_named(text: str, message: str, advice: str) -> None:
    """Beside an instance that serves the app, the help names it, and both places are told."""
    (one,) = live(NEVER, _app(text))
    assert one.symbol == "app:spare"
    assert message in one.message
    assert advice in one.help
    assert [each.place.line for each in one.related] == [14]


@pytest.mark.parametrize(
    ("files", "symbol", "part"),
    [
        (
            {"app.py": _app("from other import jwt as second\njwt = JWTManager(app)"), "other.py": "from flask_jwt_extended import JWTManager\njwt = JWTManager()\n@jwt.token_in_blocklist_loader\ndef revoked(header, payload): return True\n"},
            "other:jwt",
            "`app.jwt` serves it, and 1 callback is registered on `other.jwt`",
        ),
        (
            {
                "app.py": _app("from models import db as second\ndb = SQLAlchemy(app)"),
                "models.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n",
            },
            "models:db",
            "a model is made with `models.db`, which does not",
        ),
        (
            {
                "app.py": _app("import views\nlimiter = Limiter(get_remote_address, app=app)"),
                "views.py": "from flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address as key\n"
                "limits = Limiter(key)\n@limits.limit('1/day')\ndef a(): pass\n@limits.limit('1/day')\ndef b(): pass\n",
            },
            "views:limits",
            "2 limits are made with `limits`",
        ),
        (
            {
                "app.py": _app("from store import cache as second\ncache = Cache(app)"),
                "store.py": "from flask_caching import Cache\ncache = Cache()\n",
            },
            "store:cache",
            "2 modules hold `store.cache`",
        ),
    ],
)  # fmt: skip
def test_second_instances_that_are_used_are_found(files: dict[str, str], symbol: str, part: str) -> None:
    """An instance that is used and serves nothing, beside one that serves the app, is found with both places."""
    (one,) = live(SECOND, files)
    assert (one.symbol, one.level) == (symbol, Level.error)
    assert part in one.message
    assert [each.place.path.rpartition("/")[2] for each in one.related] == ["app.py"]


@pytest.mark.parametrize(
    "text",
    [
        "jwt = JWTManager(app)",
        "spare = JWTManager()\njwt = JWTManager(app)",
        "db = SQLAlchemy()\nclass A(db.Model):\n    id = db.Column(db.Integer, primary_key=True)",
        "one = Cache(app)\ntwo = Cache(app)",
        "db = SQLAlchemy(app)\nother = Flask('other')\nother.config.update(app.config)\nsecond = SQLAlchemy(other)",
    ],
)
def test_one_instance_is_silent(text: str) -> None:
    """One instance, a spare that nothing uses, or two that serve are not two of which one is ignored."""
    assert live(SECOND, _app(text)) == []


@pytest.mark.parametrize(
    ("text", "symbol", "level", "part"),
    [
        (
            "cors = CORS()\ncors.init_app(app)\ncors.init_app(app)",
            "app:cors",
            Level.warning,
            "is bound to the app 2 times for the same URLs",
        ),
        (
            "CORS(app)\nCORS(app, origins=['https://a.example'])",
            "Flask-CORS",
            Level.warning,
            "2 times for the same URLs",
        ),
        (
            "mail = Mail(app)\nother = Mail(app)",
            "app:mail",
            Level.warning,
            "2 instances of Flask-Mail are bound to the app",
        ),
        ("one = Cache(app)\ntwo = Cache(app)", "app:one", Level.note, "what is deleted from one stays in the other"),
        (
            "one = Limiter(get_remote_address, app=app)\ntwo = Limiter(get_remote_address, app=app)",
            "app:one",
            Level.note,
            "both of them count each request",
        ),
        (
            "db = SQLAlchemy(app)\none = Migrate(app, db)\ntwo = Migrate(app, db)",
            "app:one",
            Level.warning,
            "`two` serves the app in place of `one` (Flask-Migrate)",
        ),
        (
            "jwt = JWTManager(app, add_context_processor=True)\njwt.init_app(app, add_context_processor=True)",
            "app:jwt",
            Level.warning,
            "Flask-JWT-Extended is bound to the app 2 times",
        ),
    ],
)
def test_what_is_bound_twice_is_found(text: str, symbol: str, level: Level, part: str) -> None:
    """An extension that is bound more than once is one finding; two that may be meant are a note."""
    (one,) = live(TWICE, _app(text))
    assert (one.symbol, one.level) == (symbol, level)
    assert part in one.message


@pytest.mark.parametrize(
    "text",
    [
        "CORS(app)",
        "CORS(app, resources=r'/api/.*')\nCORS(app, resources=r'/public/.*')",
        "from flask import Blueprint\nbp = Blueprint('bp', __name__)\nCORS(bp)\napp.register_blueprint(bp)\nCORS(app)",
        "cache = Cache(app)",
        "limiter = Limiter(get_remote_address, app=app)\nlimiter.init_app(app)",
        "mail = Mail(app)",
        "db = SQLAlchemy(app)\nmigrate = Migrate(app, db)\nmigrate.init_app(app, db)",
        "db = SQLAlchemy(app)\nspare = Migrate()\nmigrate = Migrate(app, db)",
        "other = Flask('other')\njwt = JWTManager(app)\njwt.init_app(other)",
    ],
)
def test_what_is_bound_once_is_silent(text: str) -> None:
    """Policies for other URLs, a limiter that guards itself, and one instance for two apps are no finding."""
    assert live(TWICE, _app(text)) == []


@pytest.mark.parametrize(
    ("text", "symbol", "part", "advice"),
    [
        (
            "app.config['RATELIMIT_ENABLED'] = False\nlimiter = Limiter(get_remote_address, app=app)",
            "app:limiter",
            "since RATELIMIT_ENABLED is false: no request is limited",
            "RATELIMIT_ENABLED = True",
        ),
        (
            "limiter = Limiter(get_remote_address, app=app)",
            "app:limiter",
            "since no limit is defined",
            "`default_limits`",
        ),
        (
            "app.config['MAIL_SUPPRESS_SEND'] = True\nmail = Mail(app)",
            "app:mail",
            "no mail is sent",
            "MAIL_SUPPRESS_SEND",
        ),
        (
            "app.config['MAIL_SUPPRESS_SEND'] = True\nmail, other = Mail(), Mail()\nmail.init_app(app)",
            "app:mail",
            "no mail is sent",
            "MAIL_SUPPRESS_SEND",
        ),
        (
            "cors = CORS(app, resources=r'^/v2/.*')",
            "app:cors",
            "since it matches no route",
            "patterns that match routes",
        ),
    ],
)
def test_what_does_nothing_is_found(text: str, symbol: str, part: str, advice: str) -> None:
    """An extension that is bound and switched off, or has nothing to do, is a warning."""
    (one,) = live(INERT, _app(text))
    assert (one.symbol, one.level) == (symbol, Level.warning)
    assert part in one.message
    assert advice in one.help


@pytest.mark.parametrize(
    "text",
    [
        "",
        "limiter = Limiter(get_remote_address, app=app, default_limits=['5/minute'])",
        "limiter = Limiter(get_remote_address, app=app)\n@app.get('/')\n@limiter.limit('1/day')\ndef index(): return 'x'",
        "mail = Mail(app)",
        "CORS(app)",
        "app.config['CACHE_TYPE'] = 'NullCache'\ncache = Cache(app)",
        "migrate = Migrate()\nmigrate.init_app(app)",
        "limiter = Limiter(get_remote_address)",
    ],
)
def test_what_works_or_is_told_elsewhere_is_silent(text: str) -> None:
    """What works is no finding; a NullCache, a Migrate without a database and unbound instances have rules of their own."""
    assert live(INERT, _app(text)) == []


OFF = "app.config.update(MAIL_SUPPRESS_SEND=True)\nmail = Mail(app)\n"


def test_testing_and_debug_are_passed_over() -> None:
    """Where the app is testing or in debug mode, things are switched off on purpose."""
    assert skipped(INERT, booted(_app("app.config['TESTING'] = True\n" + OFF))) == "the app is testing"
    assert skipped(INERT, booted(_app(OFF), environment={"FLASK_DEBUG": "1"})) == "the app is in debug mode"
