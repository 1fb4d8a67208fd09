"""The fixes of the rules on guards, limits and caches around one view."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixes
from tests.support import findings

ROUTE = "together/decorator-above-route"
AUTH = "together/cached-above-auth"
PERSONAL = "together/cached-personal-answer"
HEAD = """\
from flask import Blueprint, Flask, request, session
from flask.views import MethodView
from flask_caching import Cache
from flask_cors import cross_origin
from flask_jwt_extended import get_jwt, get_jwt_identity, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_required
app = Flask(__name__)
bp = Blueprint("bp", __name__)
cache = Cache(app, config={"CACHE_TYPE": "SimpleCache"})
limiter = Limiter(get_remote_address, app=app)
"""
GET = '@app.get("/x")'
JWT = "@jwt_required()"
LIMIT = '@limiter.limit("1/day")'
CACHED = "@cache.cached(60)"
CROSS = "@cross_origin()"


def view(*decorators: str, body: str = '"x"') -> str:
    """Return an app with one view under decorators."""
    return HEAD + "".join(f"{one}\n" for one in decorators) + f"def v(): return {body}\n"


@pytest.mark.parametrize(
    ("wrong", "right", "safe"),
    [
        ((JWT, GET), (GET, JWT), True),
        (("@login_required", GET), (GET, "@login_required"), True),
        ((LIMIT, GET), (GET, LIMIT), True),
        ((LIMIT, JWT, GET), (GET, LIMIT, JWT), True),
        ((JWT, "# one", LIMIT, "# two", GET), ("# two", GET, JWT, "# one", LIMIT), True),
        ((JWT, GET, CACHED), (GET, JWT, CACHED), True),
        ((LIMIT, GET, CROSS), (GET, CROSS, LIMIT), True),
        ((JWT, GET, "@own"), (GET, JWT, "@own"), True),
        (("@own", JWT, GET), ("@own", GET, JWT), True),
        (('@app.get("/y")', JWT, GET), ('@app.get("/y")', GET, JWT), True),
        ((JWT, '@app.get(\n    "/x",\n)'), ('@app.get(\n    "/x",\n)', JWT), True),
        ((CACHED, GET), (GET, CACHED), False),
        ((CACHED, GET, JWT), (GET, JWT, CACHED), False),
        (("@cache.memoize()", GET, LIMIT), (GET, LIMIT, "@cache.memoize()"), False),
        ((CROSS, GET), (GET, CROSS), False),
    ],
)
def test_below_the_route(wrong: tuple[str, ...], right: tuple[str, ...], safe: bool) -> None:
    """A decorator goes below the route, in the order that was written, and below what has to be around it."""
    assert fixed(ROUTE, view(*wrong)) == view(*right)
    assert all(one is not None and one.safe is safe for one in fixes(ROUTE, view(*wrong)))


def test_guards_go_before_caches() -> None:
    """Of two decorators above a route the guard is moved without asking, the cache is not; in the end it is inside."""
    for both in ((CACHED, JWT), (JWT, CACHED)):
        found = {one.symbol: one.fix for one in findings(ROUTE, view(*both, GET))}
        assert {name.rpartition(" ")[2]: one is not None and one.safe for name, one in found.items()} == {
            "cache.cached": False,
            "jwt_required": True,
        }
        assert fixed(ROUTE, view(*both, GET)) == view(GET, JWT, CACHED)


def test_a_guard_on_a_view_of_options() -> None:
    """Where the route lists OPTIONS, which guards let pass, a fault is left that was hidden: that is unsafe."""
    (fix,) = fixes(ROUTE, view(JWT, '@app.route("/x", methods=["GET", "OPTIONS"])'))
    assert fix is not None
    assert (fix.safe, "not for OPTIONS" in fix.changes) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        (
            "from flask_restx import Namespace, Resource\nns = Namespace('n')\n@jwt_required()\n@ns.route('/x')\n"
            "class V(Resource):\n    def get(self): ...\n"
        ),
        "def v(): ...\nguarded = jwt_required()\nguarded(app.get('/x')(v))\n",
        (
            "def page(f):\n    app.add_url_rule('/x', view_func=cross_origin()(f))\n    return f\n"
            "@jwt_required()\n@page\ndef v(): return 'x'\n"
        ),
    ],
)
def test_not_below_the_route(text: str) -> None:
    """A decorator of a class would make a function of it; what is applied by hand stands nowhere."""
    assert [one for one in fixes(ROUTE, HEAD + text) if one is not None] == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ((GET, CACHED, JWT), (GET, JWT, CACHED)),
        ((GET, "@cache.memoize()", JWT), (GET, JWT, "@cache.memoize()")),
        ((GET, CACHED, "@login_required"), (GET, "@login_required", CACHED)),
        ((GET, CACHED, LIMIT, JWT), (GET, LIMIT, JWT, CACHED)),
        ((GET, CACHED, JWT, LIMIT), (GET, JWT, CACHED, LIMIT)),
        ((GET, CACHED, JWT, "@jwt_required(fresh=True)"), (GET, JWT, "@jwt_required(fresh=True)", CACHED)),
        (
            (GET, "@cache.cached(\n    timeout=60,\n)", "# who", JWT),
            (GET, "# who", JWT, "@cache.cached(\n    timeout=60,\n)"),
        ),
    ],
)
def test_below_the_guard(wrong: tuple[str, ...], right: tuple[str, ...]) -> None:
    """The cache goes below the last guard, and over limits."""
    assert fixed(AUTH, view(*wrong)) == view(*right)
    assert all(one is not None and one.safe for one in fixes(AUTH, view(*wrong)))


def test_below_the_guard_of_a_personal_view() -> None:
    """Where the answer depends on who asks, the next fault is left: that is unsafe."""
    (fix,) = fixes(AUTH, view(GET, CACHED, JWT, body="get_jwt_identity()"))
    assert fix is not None
    assert (fix.safe, "one caller's answer" in fix.changes) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        view(GET, CACHED, "@own", JWT),
        view(GET, CACHED, body="verify_jwt_in_request()").replace("get_jwt,", "get_jwt, verify_jwt_in_request,"),
        HEAD
        + "class V(MethodView):\n    decorators = [jwt_required(), cache.cached(60)]\n    def get(self): return 'x'\n"
        "app.add_url_rule('/x', view_func=V.as_view('v'))\n",
        view(CACHED, JWT) + "app.add_url_rule('/a', 'a', view_func=v)\napp.add_url_rule('/b', 'b', view_func=v)\n",
    ],
)
def test_not_below_the_guard(text: str) -> None:
    """Over a decorator that nobody knows, in a list, of several routes, or with the guard inside: the user decides."""
    assert fixes(AUTH, text) == [None]


BY_JWT = '@cache.cached(60, key_prefix=lambda: f"view/{request.path}/{get_jwt_identity()}")'
BY_LOGIN = '@cache.cached(60, key_prefix=lambda: f"view/{request.path}/{current_user.get_id()}")'


@pytest.mark.parametrize(
    ("guard", "body", "right"),
    [
        (JWT, "get_jwt_identity()", BY_JWT),
        (JWT, "[get_jwt_identity(), get_current_user()]", BY_JWT),
        ("@login_required", "current_user.name", BY_LOGIN),
    ],
)
def test_who_asks_in_the_key(guard: str, body: str, right: str) -> None:
    """Who asks goes into the key, as the guard tells it, with what that takes."""
    wrong = view(GET, guard, CACHED, body=body).replace("get_jwt,", "get_current_user, get_jwt,")
    assert fixed(PERSONAL, wrong) == wrong.replace(CACHED, right)
    (fix,) = fixes(PERSONAL, wrong)
    assert fix is not None
    assert not fix.safe


def test_who_asks_is_imported() -> None:
    """What the key takes is imported where it is not."""
    wrong = view(GET, JWT, CACHED, body="who()").replace("get_jwt, get_jwt_identity, ", "").replace("request, ", "")
    wrong = wrong.replace("app = Flask", "from who import who\napp = Flask")
    right = fixed(
        PERSONAL, wrong.replace("from who import who", "from flask_jwt_extended import get_jwt_identity as who")
    )
    assert "from flask import Blueprint, Flask, request, session\n" in right
    assert "get_jwt_identity, jwt_required" in right


@pytest.mark.parametrize(
    "text",
    [
        view(GET, JWT, CACHED, body="session['cart']"),
        view(GET, JWT, CACHED, body="get_jwt()['role']"),
        view(GET, CACHED, body="get_jwt_identity()"),
        view(GET, "@jwt_required(optional=True)", CACHED, body="get_jwt_identity()"),
        view(GET, "@own_guard", CACHED, body="get_jwt_identity()"),
        view(GET, JWT, '@cache.cached(60, "mine")', body="get_jwt_identity()"),
        view(GET, JWT, "@cache.cached(60, None)", body="get_jwt_identity()"),
        view(GET, JWT, "@cache.cached(query_string=True)", body="get_jwt_identity()"),
        view(GET, JWT, "@cache.memoize()", body="get_jwt_identity()"),
        view("minute = cache.cached(60)", GET, JWT, "@minute", body="get_jwt_identity()"),
        HEAD + "@cache.memoize()\ndef mine(): return get_jwt_identity()\n",
        view(JWT, CACHED, body="get_jwt_identity()")
        + "app.add_url_rule('/a', 'a', view_func=v)\napp.add_url_rule('/b', 'b', view_func=v)\n",
    ],
)
def test_no_key_by_who_asks(text: str) -> None:
    """Other sources than the guard's, keys that are there, no guard, and helpers: the user decides."""
    assert fixes(PERSONAL, text) == [None]
