from __future__ import annotations

from collections.abc import Mapping

import pytest

from keck.project.decorators import Layer, looks_like_url
from tests.support import project

HEAD = """\
from flask import Blueprint, Flask, abort, current_app, redirect, request, url_for
from flask_jwt_extended import JWTManager, jwt_required, jwt_optional, verify_jwt_in_request
app = Flask(__name__)
bp = Blueprint("a", __name__)
"""


def layer(files: Mapping[str, str] | str, name: str = "view") -> Layer:
    """Return the outermost decorator of a function of ``app.py``."""
    one = project(files)
    (module,) = (each for each in one.modules if each.path == "app.py")
    function = module.functions[name]
    return one.decorators.layer(module, function.scope, function.decorators[0])


def decorated(decorator: str, before: str = "") -> Layer:
    """Return a decorator of a view, with these definitions before it."""
    return layer(f"{HEAD}{before}@{decorator}\ndef view(): ...\n")


def own(body: str, before: str = "") -> str:
    """Return the kind of a decorator of the project with this body in its inner function."""
    lines = "".join(f"            {one}\n" for one in body.split("; "))
    made = f"def mine(fn):\n    def inner():\n        if True:\n{lines}        return fn()\n    return inner\n"
    return decorated("mine", before + made).kind


KINDS = {
    "app.route('/')": ("route", ""),
    "app.get('/')": ("route", ""),
    "bp.post('/')": ("route", ""),
    "app.websocket('/')": ("route", ""),
    "app.route": ("other", ""),
    "app.errorhandler(404)": ("other", ""),
    "current_app.route('/')": ("route", ""),
    "current_app.route": ("other", ""),
    "current_app.cli": ("other", ""),
    "unknown.get('/')": ("route", ""),
    "unknown.get('')": ("route", ""),
    "unknown.route(f'/{x}')": ("route", ""),
    "unknown.route(f'{x}/')": ("other", ""),
    "unknown.get('key')": ("other", ""),
    "unknown.get": ("other", ""),
    "unknown.other('/')": ("other", ""),
    "make().get('/')": ("route", ""),
    "make().other": ("other", ""),
    "jwt_required()": ("jwt", ""),
    "jwt_required": ("jwt", ""),
    "limiter.limit('1/day')": ("limit", "from flask_limiter import Limiter\nlimiter = Limiter(x)\n"),
    "limiter.shared_limit('1/day')": ("limit", "from flask_limiter import Limiter\nlimiter = Limiter(x)\n"),
    "limiter.exempt": ("exempt", "from flask_limiter import Limiter\nlimiter = Limiter(x)\n"),
    "limiter.request_filter": ("other", "from flask_limiter import Limiter\nlimiter = Limiter(x)\n"),
    "cache.cached()": ("cached", "from flask_caching import Cache\ncache = Cache()\n"),
    "cache.memoize(5)": ("memoize", "from flask_caching import Cache\ncache = Cache()\n"),
    "cache.clear()": ("other", "from flask_caching import Cache\ncache = Cache()\n"),
    "cross_origin()": ("cross_origin", "from flask_cors import cross_origin\n"),
    "login_required": ("guard", "from flask_login import login_required\n"),
    "auth_required()": ("guard", "from flask_security import auth_required\n"),
    "flask_login.login_required": ("guard", "import flask_login\n"),
    "flask_login.manager.login_required": ("guard", "import flask_login\n"),
    "flask_login.manager.refresh": ("other", "import flask_login\n"),
    "old()": ("guard", "from flask_jwt import jwt_required as old\n"),
    "auth.login_required": ("guard", "from flask_httpauth import HTTPBasicAuth\nauth = HTTPBasicAuth()\n"),
    "auth.verify_password": ("other", "from flask_httpauth import HTTPBasicAuth\nauth = HTTPBasicAuth()\n"),
    "both.login_required": (
        "guard",
        "from flask_httpauth import HTTPBasicAuth\nclass Both(HTTPBasicAuth): ...\nboth = Both()\n",
    ),
    "admin.require(403)": ("guard", "from flask_principal import Permission\nadmin = Permission()\n"),
    "admin.union()": ("other", "from flask_principal import Permission\nadmin = Permission()\n"),
    "csrf.exempt": ("csrf_exempt", "from flask_wtf import CSRFProtect\ncsrf = CSRFProtect()\n"),
    "csrf.protect": ("other", "from flask_wtf import CSRFProtect\ncsrf = CSRFProtect()\n"),
    "api.route('/')": ("route", "from flask_restx import Api\napi = Api()\n"),
    "api.doc()": ("other", "from flask_restx import Api\napi = Api()\n"),
    "need.require_oauth()": ("guard", "from authlib.flask import Server\nneed = Server()\n"),
    "need.other()": ("other", "from authlib.flask import Server\nneed = Server()\n"),
    "mine.check": (
        "guard",
        "class Mine:\n    def check(self, fn):\n        abort(403)\nmine = Mine()\n",
    ),
    "mine.name": ("other", "class Mine:\n    def name(self, fn): ...\nmine = Mine()\n"),
    "mine.missing": ("other", "class Mine: ...\nmine = Mine()\n"),
    "Role('admin')": (
        "guard",
        "class Role:\n    def __call__(self, fn):\n        def inner():\n            abort(403)\n        return inner\n",
    ),
    "Plain": ("other", "class Plain:\n    def __init__(self, fn): ...\n"),
    "needed": ("jwt", "needed = jwt_required()\n"),
    "needed.again": ("other", "needed = 1\n"),
    "first": ("jwt", "second = jwt_required()\nfirst = second\n"),
    "nothing": ("other", "nothing = 1\n"),
    "thing.run()": ("other", "from library import Thing\nthing = Thing()\n"),
    "outer()()": ("other", ""),
    "jwt_required()()": ("jwt", ""),
    "table['x']": ("other", ""),
}


@pytest.mark.parametrize("decorator", KINDS)
def test_kind(decorator: str) -> None:
    """A decorator has the kind that its library, its holder or its own body gives it."""
    kind, before = KINDS[decorator]
    assert decorated(decorator, before).kind == kind


def test_kind_ends_in_loops() -> None:
    """Variables made of each other and calls of calls end as something else."""
    assert decorated("a", "a = b()\nb = a()\n").kind == "other"
    assert decorated("a()()()()()()()").kind == "other"


OWN = {
    "verify_jwt_in_request()": "jwt",
    "verify_jwt_in_request(refresh=True)": "jwt",
    "verify_jwt_in_request(optional=True)": "other",
    "verify_jwt_in_request(True)": "other",
    "jwt_required()(fn)()": "jwt",
    "jwt_optional(fn)()": "other",
    "abort(401)": "guard",
    "abort(code=403)": "guard",
    "abort()": "guard",
    "abort(404)": "other",
    "abort(429)": "limiting",
    "abort([401])": "other",
    "abort(HTTPStatus.FORBIDDEN)": "guard",
    "abort(codes.http_401)": "guard",
    "abort(codes.http_403)": "guard",
    "abort(make())": "other",
    "redirect(url_for('auth.login'))": "guard",
    "redirect(signin)": "guard",
    "redirect('/')": "other",
    "api.unauthorized()": "guard",
    "login_required(fn)()": "guard",
    "ok = check_token()": "guard",
    "ok = check_nothing()": "other",
    "ok = verify(x)": "other",
    "table[0]()": "other",
    "raise Forbidden": "guard",
    "raise AuthError('no')": "guard",
    "raise ValueError": "other",
    "raise": "other",
    "return '', 401": "guard",
    "return 'no', 403": "guard",
    "return '', 429": "limiting",
    "return '', 200": "other",
    "return 'Too many requests'": "limiting",
    "raise Slow('rate limit')": "limiting",
    "return 'later'": "other",
    "return b'x'": "other",
}
CHECKS = "def check_token():\n    if not request.headers:\n        abort(401)\ndef check_nothing(): ...\n"


@pytest.mark.parametrize("body", OWN)
def test_own_decorators(body: str) -> None:
    """A decorator of the project is a guard when its body turns callers away, and what limits is no guard."""
    assert own(body, CHECKS) == OWN[body]


@pytest.mark.parametrize(
    ("inner", "kind"),
    [
        ("@jwt_required()", "jwt"),
        ("@jwt_required(optional=True)", "other"),
        ("@jwt_optional", "other"),
        ("@functools.wraps(fn)", "other"),
    ],
)
def test_own_decorator_with_a_decorator_inside(inner: str, kind: str) -> None:
    """What decorates the inner function of a project's decorator counts as its own, unless it is optional."""
    before = f"import functools\ndef mine(fn):\n    {inner}\n    def made():\n        return fn()\n    return made\n"
    assert decorated("mine", before).kind == kind


def test_own_verify_function_of_the_same_name_is_a_guard_only_by_name() -> None:
    """A project's own `verify_jwt_in_request` is no check of Flask-JWT-Extended."""
    before = "def verify_jwt_in_request():\n    abort(401)\ndef mine(fn):\n    def inner():\n        verify_jwt_in_request()\n    return inner\n"
    assert decorated("mine", before).kind == "guard"


def test_own_of_what_is_no_function() -> None:
    """What the project does not define has no kind of its own."""
    assert project(HEAD).decorators.own("elsewhere.guard") == "other"
    assert project(HEAD).decorators.own("app:missing") == "other"


@pytest.mark.parametrize(
    ("decorator", "optional"),
    [
        ("jwt_optional", True),
        ("jwt_required(optional=True)", True),
        ("jwt_required(True)", True),
        ("jwt_required(optional=False)", False),
        ("jwt_required(optional=given)", False),
        ("jwt_required()", False),
        ("jwt_required", False),
        ("mine(True)", False),
        ("mine(optional=True)", True),
        ("mine", False),
    ],
)
def test_optional(decorator: str, optional: bool) -> None:
    """A check that lets anonymous callers in says so; a first argument means that only for Flask-JWT-Extended."""
    assert decorated(decorator, "def mine(x, optional=None): ...\n").optional is optional


@pytest.mark.parametrize(
    ("decorator", "name"),
    [("app.route('/')", "app.route"), ("jwt_required", "jwt_required"), ("f().g()", "g"), ("f()()", "f")],
)
def test_name(decorator: str, name: str) -> None:
    """A decorator is named in messages as it is spelt."""
    assert decorated(decorator).name == name


def test_place_is_where_it_is_written() -> None:
    """A decorator made in another module is placed where it decorates."""
    found = layer(
        {
            "guards.py": "from flask_jwt_extended import jwt_required\nneeded = jwt_required(refresh=True)\n",
            "app.py": "from guards import needed\n@needed\ndef view(): ...\n",
        }
    )
    assert (found.place.path, found.place.line) == ("app.py", 2)
    assert found.module.path == "guards.py"
    assert found.call is not None
    assert decorated("jwt_required()").place.line == 5


def test_holder_is_the_instance() -> None:
    """A method's decorator knows the instance whose method it is."""
    holder = decorated("app.get('/')").holder
    assert holder is not None
    assert holder.kind == "app"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("def hook():\n    verify_jwt_in_request()\n", "jwt"),
        ("@jwt_required()\ndef hook(): ...\n", "jwt"),
        ("@jwt_required(optional=True)\ndef hook(): ...\n", ""),
        ("def hook():\n    abort(403)\n", "guard"),
        ("def hook():\n    abort(429)\n", ""),
        ("def hook(): ...\n", ""),
    ],
)
def test_refuses(code: str, kind: str) -> None:
    """A hook refuses callers when it checks a token or turns them away."""
    one = project(HEAD + code)
    module = one.modules[0]
    assert one.decorators.refuses(module, module.functions["hook"]) == kind


PARTIALS = """\
import functools
from functools import partial
from flask_caching import Cache
cache = Cache(app)
briefly = partial(cache.cached, timeout=5)
shortly = functools.partial(briefly, timeout=3)
anyone = partial(jwt_required, optional=True)
empty = partial()
stored = cache.cached(timeout=9)
class Guards:
    need = jwt_required
    maybe = jwt_required(optional=True)
"""


@pytest.mark.parametrize(
    ("decorator", "kind", "said"),
    [
        ("briefly()", "cached", {"timeout": 5}),
        ("briefly(query_string=True)", "cached", {"timeout": 5, "query_string": True}),
        ("briefly(timeout=7)", "cached", {"timeout": 7}),
        ("shortly()", "cached", {"timeout": 3}),
        ("partial(cache.cached, timeout=5)()", "cached", {"timeout": 5}),
        ("stored", "cached", {"timeout": 9}),
        ("anyone()", "jwt", {"optional": True}),
        ("stored()", "cached", {"timeout": 9}),
        ("Guards.need()", "jwt", {}),
        ("Guards.maybe", "jwt", {"optional": True}),
        ("empty()", "other", {}),
    ],
)
def test_partials(decorator: str, kind: str, said: Mapping[str, object]) -> None:
    """`functools.partial` of a decorator's maker, called, is that decorator with the options of both.

    What a class attribute holds is followed as well.
    """
    found = decorated(decorator, PARTIALS)
    call = found.call
    given = {one.name: getattr(one.value, "value", None) for one in call.keywords} if call is not None else {}
    assert (found.kind, given) == (kind, said)
    assert found.optional is (said == {"optional": True})
    assert found.place.line == HEAD.count("\n") + PARTIALS.count("\n") + 1


def test_limits() -> None:
    """A function limits callers when it answers 429."""
    one = project(HEAD + "def a():\n    abort(429)\ndef b():\n    abort(403)\n")
    module = one.modules[0]
    assert one.decorators.limits(module, module.functions["a"])
    assert not one.decorators.limits(module, module.functions["b"])


@pytest.mark.parametrize(
    ("call", "is_url"), [("'/a'", True), ("''", True), ("'a'", False), ("x", False), ("f''", False), ("", False)]
)
def test_looks_like_url(call: str, is_url: bool) -> None:
    """A first argument is a URL rule when it is written with a slash, or empty."""
    one = project(f"f({call})\n")
    (found,) = one.modules[0].calls("")
    assert looks_like_url(found) is is_url


def test_own_decorators_that_call_each_other() -> None:
    """Checks of the project that call each other over and over still have a kind."""
    code = "def check_a():\n    check_b()\n    abort(401)\ndef check_b():\n    check_a()\n"
    one = project(HEAD + code).decorators
    assert [one.own("app:check_a"), one.own("app:check_a"), one.own("app:check_b")] == ["guard", "guard", "other"]
