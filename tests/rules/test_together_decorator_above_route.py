from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "together/decorator-above-route"
HEAD = """\
from functools import wraps
from flask import Blueprint, Flask, abort, g, redirect, request, session, url_for
from flask.views import MethodView
from flask_caching import Cache
from flask_cors import cross_origin
from flask_httpauth import HTTPBasicAuth
from flask_jwt_extended import JWTManager, jwt_required, verify_jwt_in_request
from flask_limiter import Limiter
from flask_login import login_required
from flask_principal import Permission, RoleNeed
from flask_restx import Namespace, Resource
from flask_security import auth_required, roles_required
from flask_smorest import Blueprint as ApiBlueprint
app = Flask(__name__)
bp = Blueprint("bp", __name__)
blp = ApiBlueprint("blp", __name__)
ns = Namespace("ns")
cache = Cache(app)
limiter = Limiter(lambda: "x", app=app)
basic = HTTPBasicAuth()
admin = Permission(RoleNeed("admin"))
guest = lambda f: f
def signed_in(f):
    @wraps(f)
    def inner(*a, **k):
        if "uid" not in session:
            return redirect(url_for("login"))
        return f(*a, **k)
    return inner
def admin_only(f):
    @wraps(f)
    def inner(*a, **k):
        if not g.get("admin"):
            abort(403)
        return f(*a, **k)
    return inner
def with_token(f):
    @wraps(f)
    def inner(*a, **k):
        verify_jwt_in_request()
        return f(*a, **k)
    return inner
def timed(f):
    @wraps(f)
    def inner(*a, **k): return f(*a, **k)
    return inner
"""
AT = HEAD.count("\n") + 1
ROUTE = '@app.route("/x")\n'
VIEW = "def v(): ...\n"

DECORATORS = {
    "jwt_required()": "is open to anyone",
    "login_required": "is open to anyone",
    'auth_required("token")': "is open to anyone",
    'roles_required("admin")': "is open to anyone",
    "basic.login_required": "is open to anyone",
    'basic.login_required(role="admin")': "is open to anyone",
    "admin.require(403)": "is open to anyone",
    "signed_in": "is open to anyone",
    "admin_only": "is open to anyone",
    "with_token": "is open to anyone",
    'limiter.limit("1/minute")': "loses the default limits",
    'limiter.shared_limit("1/minute", scope="x")': "loses the default limits",
    "cache.cached(60)": "is never cached",
    "cache.memoize(60)": "is never cached",
    "cross_origin()": "sends no CORS headers",
}


@pytest.mark.parametrize("decorator", DECORATORS)
def test_fires_for_every_guard_limit_and_cache(decorator: str) -> None:
    """Whatever protects, limits, caches or opens a view is lost above the route, and the message says so."""
    (found,) = findings(RULE, f"{HEAD}@{decorator}\n{ROUTE}{VIEW}")
    assert (found.place.line, found.level.name) == (AT, "error")
    assert DECORATORS[decorator] in found.message
    assert [one.place.line for one in found.related] == [AT + 1]


@pytest.mark.parametrize("decorator", DECORATORS)
def test_the_same_below_the_route_is_right(decorator: str) -> None:
    """Below the route every one of them is at work."""
    assert lines(RULE, f"{HEAD}{ROUTE}@{decorator}\n{VIEW}") == []


@pytest.mark.parametrize(
    "route",
    [
        '@app.route("/x")',
        '@app.get("/x")',
        '@bp.route("/x", methods=["POST"])',
        '@bp.post("/x")',
        '@blp.route("/x")',
        '@bp.route("/a")\n@bp.route("/b")',
    ],
)
def test_fires_above_every_kind_of_route(route: str) -> None:
    """Apps, blueprints, verbs and several routes are all registering decorators."""
    assert lines(RULE, f"{HEAD}@login_required\n{route}\n{VIEW}") == [f"app.py:{AT} error"]
    assert lines(RULE, f"{HEAD}@login_required\n{route}\nasync {VIEW}") == [f"app.py:{AT} error"]


def test_fires_between_two_routes() -> None:
    """What stands between two routes protects the upper one only."""
    code = f'{HEAD}@app.route("/a")\n@login_required\n@app.route("/b")\n{VIEW}'
    assert lines(RULE, code) == [f"app.py:{AT + 1} error"]


@pytest.mark.parametrize(
    "cls",
    [
        '@jwt_required()\n@ns.route("/x")\nclass V(Resource):\n    def get(self): ...\n    def post(self): ...\n',
        '@limiter.limit("1/day")\n@blp.route("/x")\nclass V(MethodView):\n    def get(self): ...\n    def post(self): ...\n',
    ],
)
def test_fires_once_for_a_class(cls: str) -> None:
    """Above the route of a class it is lost for all methods, and told once, without the talk of default limits."""
    (found,) = findings(RULE, HEAD + cls)
    assert found.place.line == AT
    assert "`V` " in found.message
    assert "default" not in found.message


def test_fires_in_a_factory_and_through_a_variable() -> None:
    """A view inside a factory and a decorator kept in a variable are no hiding place."""
    code = HEAD + (
        'guarded = jwt_required()\ndef create_app():\n    app = Flask(__name__)\n    @guarded\n    @app.route("/x")\n'
        "    def v(): ...\n    return app\n"
    )
    assert lines(RULE, code) == [f"app.py:{AT + 3} error"]


@pytest.mark.parametrize(
    "code",
    [
        f"@timed\n{ROUTE}{VIEW}",
        f"@guest\n{ROUTE}{VIEW}",
        f"@limiter.exempt\n{ROUTE}{VIEW}",
        f"@jwt_required(optional=True)\n{ROUTE}{VIEW}",
        f"@login_required\n{ROUTE}@login_required\n{VIEW}",
        f'@app.route("/a")\n@login_required\n@app.route("/b")\n@login_required\n{VIEW}',
        f'@app.route("/a")\n@app.route("/b")\n@login_required\n{VIEW}',
        f"@app.cli.command()\n@login_required\n{VIEW}",
        f"@login_required\n@app.cli.command()\n{VIEW}",
        f"@login_required\n@app.errorhandler(404)\n{VIEW}",
        f"@login_required\n@app.context_processor\n{VIEW}",
        f"@login_required\n@unknown.route\n{VIEW}",
        f'@login_required\n{VIEW}app.add_url_rule("/x", view_func=v)',
        "@login_required\ndef v(): ...\n",
        'class V(MethodView):\n    decorators = [login_required]\n    def get(self): ...\napp.add_url_rule("/", view_func=V.as_view("v"))',
        '@ns.route("/x")\nclass V(Resource):\n    @jwt_required()\n    def get(self): ...\n',
        f"from functools import cache as remembered\n@remembered\n{ROUTE}{VIEW}",
        f"from cachetools import cached\n@cached(cache={{}})\n{ROUTE}{VIEW}",
        f"def jwt_required(f): return f\n@jwt_required\n{ROUTE}{VIEW}",
        f"from slowapi import Limiter as Other\nother = Other()\n@other.limit('1/day')\n{ROUTE}{VIEW}",
    ],
)
def test_stays_silent(code: str) -> None:
    """Decorators that guard nothing, that mark by name, that stand below, and strangers are no fault."""
    assert lines(RULE, HEAD + code) == []


def test_a_view_with_other_guards_is_not_called_open() -> None:
    """Where another guard or a hook is at work, the message says that the view is left to those."""
    (layered,) = findings(RULE, f"{HEAD}@admin_only\n{ROUTE}@login_required\n{VIEW}")
    hook = "@app.before_request\n@login_required\ndef check(): ...\n"
    (hooked,) = findings(RULE, f"{HEAD}{hook}@admin_only\n{ROUTE}{VIEW}")
    assert "left to its other guards" in layered.message
    assert "left to its other guards" in hooked.message
    assert "open" not in layered.message + hooked.message


def test_the_guard_may_come_from_another_module() -> None:
    """A guard of the project that another module defines and a package re-exports is known."""
    files = {
        "shop/__init__.py": "",
        "shop/auth/__init__.py": "from .guards import staff\n",
        "shop/auth/guards.py": (
            "from functools import wraps\nfrom flask import abort, session\ndef staff(f):\n    @wraps(f)\n"
            "    def inner(*a):\n        if not session.get('staff'):\n            abort(401)\n        return f(*a)\n"
            "    return inner\n"
        ),
        "shop/views.py": (
            'from flask import Blueprint\nfrom shop.auth import staff as only_staff\nbp = Blueprint("bp", __name__)\n'
            '@only_staff\n@bp.route("/x")\ndef v(): ...\n'
        ),
    }
    assert lines(RULE, files) == ["shop/views.py:4 error"]


def test_tests_are_no_suspects() -> None:
    """A test may register whatever it likes."""
    assert lines(RULE, {"tests/test_x.py": f"{HEAD}@login_required\n{ROUTE}{VIEW}"}) == []


@pytest.mark.parametrize(
    ("pin", "expected"),
    [
        ("flask-limiter==2.0.4", []),
        ("Flask-Limiter<2", []),
        ("flask-limiter==2.1", [f"app.py:{AT} error"]),
        ("flask-limiter>=1", [f"app.py:{AT} error"]),
        ("flask", [f"app.py:{AT} error"]),
    ],
)
def test_the_version_of_the_limiter_decides(pin: str, expected: list[str]) -> None:
    """Flask-Limiter before 2.1 finds the limits of a bare function itself; a class's are lost under every version."""
    limit = '@limiter.limit("1/day")\n'
    files = {"requirements.txt": pin}
    assert lines(RULE, {"app.py": HEAD + limit + ROUTE + VIEW} | files) == expected
    cls = f'{HEAD}{limit}@blp.route("/x")\nclass V(MethodView):\n    def get(self): ...\n'
    assert lines(RULE, {"app.py": cls} | files) == [f"app.py:{AT} error"]
    assert lines(RULE, {"app.py": f"{HEAD}@login_required\n{ROUTE}{VIEW}"} | files) == [f"app.py:{AT} error"]


OWN = """\
def protected_route(rule, **options):
    def decorate(view):
        return app.route(rule, **options)(login_required(view))
    return decorate
def added(view):
    app.add_url_rule("/" + view.__name__, view_func=view)
    return view
def told(view):
    app.logger.info("seen")
    return view
"""


@pytest.mark.parametrize(
    ("decorators", "message"),
    [
        ('@cache.cached(5)\n@protected_route("/p")\n', "v() is never cached"),
        ("@cache.cached(5)\n@added\n", "v() is never cached"),
        ("@login_required\n@added\n", "v() is open to anyone"),
        ("@limiter.limit('1/hour')\n@timed\n@added\n", "v() has no limit"),
        ('@signed_in\n@protected_route("/p")\n', "v() is left to its other guards"),
    ],
)
def test_what_stands_above_an_own_registering_decorator_never_runs(decorators: str, message: str) -> None:
    """A decorator of the project that registers what it is given leaves out what stands above it."""
    (found,) = findings(RULE, HEAD + OWN + decorators + VIEW)
    assert found.place.line == AT + OWN.count("\n")
    assert message in found.message.replace("`", "")


@pytest.mark.parametrize(
    "decorators",
    [
        '@protected_route("/p")\n@cache.cached(5)\n',
        "@added\n@login_required\n",
        "@added\n@signed_in\n@limiter.limit('1/hour')\n",
        "@login_required\n@told\n",
        "@timed\n@added\n",
        '@login_required\n@protected_route("/p")\n',
    ],
)
def test_what_an_own_registering_decorator_registers_is_silent(decorators: str) -> None:
    """What stands below it runs, and so does what it applies itself; a decorator that registers nothing hides nothing."""
    assert lines(RULE, HEAD + OWN + decorators + VIEW) == []
