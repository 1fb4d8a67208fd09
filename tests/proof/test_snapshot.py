"""What is changed in an app is seen, each kind under its path; what is merely written elsewhere is not."""

from __future__ import annotations

import gc
import json
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from keck.proof import shape
from keck.proof.compare import differences
from keck.proof.snapshot import snapshot
from keck.proof.tables import tables

SHOP = """
import functools
from flask import Blueprint, Flask, request_started
from flask.views import MethodView
from flask_caching import Cache
from flask_cors import CORS
from flask_jwt_extended import JWTManager, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
import click

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
app.config["SQLALCHEMY_BINDS"] = {"audit": "sqlite://"}
app.config["SECRET_KEY"] = "a-secret-of-some-length"
app.config["CACHE_TYPE"] = "SimpleCache"
app.config["ITEMS"] = 10
db = SQLAlchemy(app)
migrate = Migrate(app, db)
jwt = JWTManager(app)
cors = CORS(app, resources={"/api/*": {"origins": "https://shop.example"}})
cache = Cache(app)
limiter = Limiter(get_remote_address, app=app, default_limits=["9 per minute"], storage_uri="memory://")
mail = Mail(app)
login = LoginManager(app)
login.login_view = "login"
app.extensions["own"] = type("Own", (), {"__slots__": ()})()
pages = Blueprint("pages", __name__, url_prefix="/pages")


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20), nullable=False, index=True, default="x")
    made = db.Column(db.DateTime, server_default=db.text("now()"), onupdate=len)
    boss = db.Column(db.ForeignKey("user.id", ondelete="CASCADE"))
    __table_args__ = (db.CheckConstraint("id > 0", name="positive"), db.Index("both", "id", "name", unique=True))


class Entry(db.Model):
    __bind_key__ = "audit"
    id = db.Column(db.Integer, primary_key=True)


def timed(view):
    @functools.wraps(view)
    def inner(*args, **options):
        return view(*args, **options)
    return inner


@jwt.user_identity_loader
def identity(user):
    return user


@app.get("/api/me")
@jwt_required()
@limiter.limit("3 per hour")
@cache.cached(timeout=5)
@timed
def me():
    return "me"


@app.route("/items/<int:number>", methods=["GET", "POST"], defaults={"kind": 1})
def item(number, kind):
    return "item"


@app.route("/items/<string:name>")
def named(name):
    return "named"


@app.route("/items/<string:title>/")
def titled(title):
    return "titled"


@app.route("/things/<one>")
def one_thing(one):
    return "1"


@app.route("/things/<two>")
def other_thing(two):
    return "2"


@app.route("/twice")
def once():
    return "1"


@app.route("/twice")
def again():
    return "2"


class Orders(MethodView):
    def get(self):
        return "orders"


app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
app.add_url_rule("/nobody", endpoint="nobody", provide_automatic_options=False)


@pages.get("/about")
def about():
    return "about"


@app.before_request
def first():
    pass


@app.before_request
def second():
    pass


@pages.before_request
def of_pages():
    pass


@app.errorhandler(404)
def missing(error):
    return "", 404


@app.template_filter()
def money(amount):
    return amount


@app.template_global()
def today():
    return 1


@app.context_processor
def extra():
    return {}


@app.url_defaults
def defaults(endpoint, values):
    pass


@app.shell_context_processor
def shell():
    return {}


@app.cli.command()
@click.option("--count", default=1)
@click.option("--by", default=lambda: 2)
def fill(count, by):
    pass


@app.cli.group()
def user():
    pass


@user.command("create")
@click.argument("name")
def create(name):
    pass


@request_started.connect
def started(sender, **_):
    pass


class Middleware:
    def __init__(self, app):
        self.app = app
        self.depth = 1

    def __call__(self, *args):
        return self.app(*args)


app.wsgi_app = Middleware(app.wsgi_app)
app.jinja_options = {"trim_blocks": True}
app.register_blueprint(pages)
"""

_made: dict[str, str] = {}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that the app is in."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.modules.pop("shop", None)


def _app(source: str) -> Flask:
    module = types.ModuleType("shop")
    module.__file__ = f"{os.getcwd()}/shop.py"  # noqa: PTH109 - text
    sys.modules["shop"] = module
    Path(module.__file__).write_text(source, encoding="utf-8")
    exec(compile(source, module.__file__, "exec"), vars(module))  # noqa: S102 - the app of a test
    app = vars(module)["app"]
    assert isinstance(app, Flask)
    return app


def _shot(source: str) -> dict[str, str]:
    from flask import signals

    for one in vars(signals).values():
        if type(one).__name__ == "NamedSignal":
            one.receivers.clear()
    gc.collect()
    found = snapshot(_app(source), b"key", os.getcwd())  # noqa: PTH109 - text
    sys.modules.pop("shop")
    return found


def _shop() -> dict[str, str]:
    """Return the snapshot of the shop as it is, which is made once."""
    if not _made:
        _made.update(_shot(SHOP))
    return _made


def _where(method: str) -> set[str]:
    return {f"{kind}/{method} /items/<int:number>" for kind in ("rules", "guards", "limits", "cache", "cors", "layers")}


_USER = "tables/default/user"
_ENTRY = ("(indexes)", "(keys)", "id")
CHANGES: dict[str, list[tuple[str, str, set[str]]]] = {
    "one": [
        ('"POST"]', '"PUT"]', _where("POST") | _where("PUT")),
        ('"/orders", view', '"/orders", strict_slashes=False, view', {"rules/GET /orders"}),
        ('"ITEMS"] = 10', '"ITEMS"] = 11', {"config/ITEMS"}),
        ("@jwt_required()\n", "", {"guards/GET /api/me", "layers/GET /api/me"}),
        ("def second", "def second_", {"hooks/app/before_request"}),
        ("errorhandler(404)", "errorhandler(405)", {"handlers/app/404", "handlers/app/405"}),
        ("def money", "def cash", {"templates/filters/cash", "templates/filters/money"}),
        ("def started", "def begun", {"hooks/app/signal request_started"}),
        ('argument("name")', 'argument("label")', {"commands/user create"}),
        ("String(20), nullable=False", "String(30), nullable=False", {f"{_USER}/name"}),
        ('"id > 0"', '"id > 1"', {f"{_USER}/(keys)"}),
        ("def identity", "def who", {"extensions/jwt/callbacks"}),
        ("self.depth = 1", "self.depth = 2", {"app/wsgi_app"}),
    ],
    "two": [
        ('{"kind": 1}', '{"kind": 2}', {"rules/GET /items/<int:number>", "rules/POST /items/<int:number>"}),
        ("a-secret-of-some-length", "another-secret-of-length", {"config/SECRET_KEY"}),
        ("@jwt_required()\n", "@jwt_required(fresh=True)\n", {"guards/GET /api/me"}),
        ("cached(timeout=5)", "cached(timeout=6)", {"cache/GET /api/me"}),
        ("def of_pages", "def of_other", {"hooks/pages/before_request"}),
        ("def missing", "def absent", {"handlers/app/404"}),
        ("def extra", "def more", {"hooks/app/context_processor"}),
        ('"--count", default=1', '"--count", default=2', {"commands/fill"}),
        ("nullable=False, index", "index", {f"{_USER}/name"}),
        ('"id", "name", unique', '"name", "id", unique', {f"{_USER}/(indexes)"}),
        ('login_view = "login"', 'login_view = "other"', {"extensions/login_manager/login_view"}),
        ('"trim_blocks": True', '"trim_blocks": False', {"app/jinja_options"}),
        ('url_prefix="/pages")', 'url_prefix="/pages", template_folder="x")', {"app/blueprint pages"}),
    ],
    "three": [
        ("@timed\n", "", {"layers/GET /api/me"}),
        ("3 per hour", "4 per hour", {"limits/GET /api/me"}),
        (
            "https://shop.example",
            "https://other.example",
            {"extensions/cors/policies", "extensions/cors/resources", "cors/GET /api/me"},
        ),
        ("def today", "def now", {"templates/globals/now", "templates/globals/today"}),
        ("def defaults", "def values_", {"hooks/app/url_defaults"}),
        ("def shell", "def console", {"hooks/app/shell_context_processor"}),
        ("CASCADE", "SET NULL", {f"{_USER}/boss"}),
        (
            '    __bind_key__ = "audit"\n',
            "",
            {f"tables/{bind}/entry/{one}" for bind in ("audit", "default") for one in _ENTRY},
        ),
        ("app.wsgi_app = Middleware", "held = Middleware", {"app/wsgi_app"}),
    ],
    "order of layers": [
        (
            '@limiter.limit("3 per hour")\n@cache.cached(timeout=5)\n',
            '@cache.cached(timeout=5)\n@limiter.limit("3 per hour")\n',
            {"layers/GET /api/me"},
        )
    ],
    "order of hooks": [
        ("def first()", "def swapped()", set()),
        ("def second()", "def first()", {"hooks/app/before_request"}),
        ("def swapped()", "def second()", set()),
    ],
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_kind_of_change_is_seen_under_its_path(name: str) -> None:
    """A change of the app is a difference where the vocabulary says, and nowhere else."""
    source, paths = SHOP, set()
    for old, new, where in CHANGES[name]:
        assert old in source
        source = source.replace(old, new)
        paths |= where
    found = {one.path for one in differences(_shop(), _shot(source), ())}
    assert found - paths == set()
    assert paths - found <= {"extensions/cors/resources"}


def test_a_default_limit_is_one_of_every_route() -> None:
    """It is a setting of the limiter, and holds where no other one does."""
    found = {one.path for one in differences(_shop(), _shot(SHOP.replace("9 per minute", "8 per minute")), ())}
    assert {"extensions/limiter/default", "limits/GET /pages/about"} <= found
    assert {one.partition("/")[0] for one in found} == {"extensions", "limits"}
    assert "limits/GET /api/me" not in found


def test_functions_that_move_into_a_factory_are_the_same() -> None:
    """Neither where a function is defined nor how its extension is bound counts."""
    head, _, body = SHOP.partition("app = Flask(__name__)\n")
    own, _, rest = body.partition("def timed(view):\n")
    timed, _, after = rest.partition("\n\n\n")
    inner = "".join(f"    {line}\n" if line else "\n" for line in (own + after).splitlines())
    for old, new in (
        ("db = SQLAlchemy(app)", "db.init_app(app)"),
        ("migrate = Migrate(app, db)", "migrate.init_app(app, db)"),
        ("jwt = JWTManager(app)", "jwt.init_app(app)"),
        ("cors = CORS(app, ", "cors.init_app(app, "),
        ("cache = Cache(app)", "cache.init_app(app)"),
        ('limiter = Limiter(get_remote_address, app=app, default_limits=["9 per minute"], storage_uri="memory://")',
         "limiter.init_app(app)"),
        ("mail = Mail(app)", "mail.init_app(app)"),
        ("login = LoginManager(app)", "login.init_app(app)"),
    ):  # fmt: skip
        assert old in inner
        inner = inner.replace(old, new)
    made = """
db, migrate, jwt, cors, cache, mail, login = SQLAlchemy(), Migrate(), JWTManager(), CORS(), Cache(), Mail(), LoginManager()
limiter = Limiter(get_remote_address, default_limits=["9 per minute"], storage_uri="memory://")
"""
    factory = (
        f"def create_app():\n    app = Flask(__name__)\n{inner}    app.kept = [User, Entry, started]\n    return app\n"
    )
    source = f"{head}\ndef timed(view):\n{timed}\n{made}\n{factory}\napp = create_app()\n"
    assert differences(_shop(), _shot(source), ()) == []


def test_values_are_readable() -> None:
    """A guard, a rule and an order say what they are; nothing is read in vain."""
    found = {path: json.loads(text) for path, text in _shop().items()}
    assert not [path for path in found if path.startswith("unread/")]
    assert found["guards/GET /api/me"] == {
        "exposure": "guarded",
        "guards": ["jwt required by jwt_required() at view {'verify_type': True}"],
    }
    assert found["guards/GET /orders"] == "none"
    assert found["layers/GET /api/me"] == {"view": "me", "order": ["guard jwt_required", "limit", "cache", "own timed"]}
    assert found["layers/GET /orders"]["view"] == "get"
    assert found["rules/order of GET /things/<>"] == ["/things/<one>", "/things/<two>"]
    assert [one["endpoint"] for one in found["rules/GET /twice"]] == ["once", "again"]
    assert found["guards/GET /twice (rule 2)"] == "none"
    assert found["rules/GET /nobody"]["no_view"] is True
    assert found["layers/GET /nobody"]["unseen"]
    assert found["handlers/app/404"] == "missing"
    assert found["extensions/own/type"] == "Own"
    assert found["extensions/cors/bound"] == 1
    assert found["app/root_path"] == "."
    assert found["hooks/app/signal request_started"] == ["started"]
    assert found["commands/fill"][1]["default"] in {"<lambda>", 2}
    assert found["tables/default/user/name"] == {
        "nullable": False,
        "type": "String(length=20)",
        "default": "x",
        "index": True,
    }


def test_what_is_dead_is_told() -> None:
    """A decorator above the route is part of what the layers say."""
    source = SHOP.replace("@pages.get", "@jwt_required()\n@pages.get")
    assert json.loads(_shot(source)["layers/GET /pages/about"])["never run"] == ["jwt_required()"]


def test_an_extension_may_be_bound_twice_or_not_at_all() -> None:
    """Two instances are counted and set side by side; one that is never bound is none of the app's."""
    source = SHOP + "mail2 = Mail()\nlimiter2 = Limiter(get_remote_address, app=app, storage_uri='memory://')\n"
    found = _shot(source)
    assert found["extensions/limiter/bound"] == "2"
    assert sorted(json.loads(found["extensions/limiter/default"])) == [[], ["9 per 1 minute"]]
    assert found["extensions/mail/bound"] == "1"


def test_an_app_without_anything_has_a_snapshot() -> None:
    """Old Flask has less; what is missing is left out."""
    app = Flask("bare", static_folder=None)
    del app.shell_context_processors
    found = snapshot(app, b"key", os.getcwd())  # noqa: PTH109 - text
    assert "app/class" in found
    assert not [path for path in found if path.startswith(("unread", "guards"))]


def test_options_are_told_where_a_route_answers_them_itself() -> None:
    """A rule that is told to answer OPTIONS is compared by it."""
    source = "from flask import Flask\napp = Flask('x', static_folder=None)\napp.add_url_rule('/x', methods=['OPTIONS'], view_func=len)\n"
    assert [path for path in _shot(source) if path.startswith("rules")] == ["rules/OPTIONS /x"]


def test_exempt_routes_and_key_functions_are_told() -> None:
    """A route without limits says why."""
    source = SHOP.replace("@pages.get", "@limiter.exempt\n@pages.get")
    assert json.loads(_shot(source)["limits/GET /pages/about"])["exempt"]


def test_a_part_that_cannot_be_read_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it raised is compared instead."""

    def fail(_: object) -> Iterator[tuple[str, object]]:
        raise RuntimeError("no")

    monkeypatch.setattr(shape, "blueprints", fail)
    found = snapshot(Flask("bare"), b"key", os.getcwd())  # noqa: PTH109 - text
    assert found["unread/blueprints"] == '"RuntimeError: no"'
    assert "app/class" in found


def test_engines_for_servers_are_told_by_their_options() -> None:
    """The pool of a stand-in says nothing; what the app asked for does."""
    app = _app(SHOP)
    url = "sqlite:///:memory:"
    found = snapshot(app, b"key", os.getcwd(), [(url, {"pool_size": 3, "creator": len, "_private": 1})])  # noqa: PTH109 - text
    assert json.loads(found["extensions/sqlalchemy/servers"]) == [{"url": url, "pool_size": 3, "creator": "len"}]
    engines = json.loads(found["extensions/sqlalchemy/engines"])
    assert set(engines[""]) <= {"url", "database", *engines["audit"]}


def test_variables_of_odd_objects_are_none() -> None:
    """A class, or an object without variables, is an extension of which only the type is known."""

    class Held:
        _private = 1

        def __init__(self) -> None:
            self.names = ["a"]
            self.objects = [object()]
            self._hidden = 1
            self.api_secret = "hidden-hidden"  # noqa: S105 - of a test

    app = Flask("bare")
    app.extensions.update(one=Held(), two=Held, three=3)
    found = snapshot(app, b"key", os.getcwd())  # noqa: PTH109 - text
    assert sorted(path for path in found if path.startswith("extensions")) == [
        "extensions/one/api_secret",
        "extensions/one/names",
        "extensions/one/type",
        "extensions/three/type",
        "extensions/two/type",
    ]
    assert "hidden" not in found["extensions/one/api_secret"]


def test_what_flask_gives_templates_may_be_another() -> None:
    """A filter, or an option of Jinja, that is not what Flask gives is told."""
    app = Flask("bare")
    app.jinja_env.filters["upper"] = len
    app.jinja_env.lstrip_blocks = True
    app.json = None  # type: ignore[assignment]  # as before Flask 2.2
    found = snapshot(app, b"key", os.getcwd())  # noqa: PTH109 - text
    assert (found["templates/filters/upper"], found["app/jinja_lstrip_blocks"]) == ('"len"', "true")
    assert found["app/json"] == "null"


def test_tables_of_one_name_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second instance with the same table adds none; without SQLAlchemy there are none."""
    second = """
other = SQLAlchemy()


class Twin(other.Model):
    __tablename__ = "user"
    id = other.Column(other.Integer, primary_key=True)
"""
    found = _shot(SHOP + second)
    assert {path for path in found if path.startswith("tables")} == {
        path for path in _shop() if path.startswith("tables")
    }
    app = Flask("bare")
    monkeypatch.delitem(sys.modules, "sqlalchemy")
    assert list(tables(app)) == []
