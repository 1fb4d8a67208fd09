"""Guards of other extensions, compared with what real requests get."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from tests.live.making import by_rule, make

REFUSED = frozenset({302, 401, 403})

LOGIN = """
import flask_login
app = Flask(__name__)
app.config.update(SECRET_KEY="s" * 40)
manager = flask_login.LoginManager(app)
manager.user_loader(lambda name: None)

@app.get("/login")
@flask_login.login_required
def login(): return "x"

@app.get("/fresh")
@flask_login.fresh_login_required
def fresh(): return str(flask_login.current_user)

@app.get("/open")
def open_(): return "x"
"""

HTTPAUTH = """
import flask_httpauth
app = Flask(__name__)
basic = flask_httpauth.HTTPBasicAuth()
token = flask_httpauth.HTTPTokenAuth("Bearer")
multi = flask_httpauth.MultiAuth(basic, token)

@app.get("/role")
@basic.login_required(role=["admin", "owner"])
def role(): return "x"

@app.get("/plain")
@token.login_required
def plain(): return str(token.current_user())

@app.get("/optional")
@basic.login_required(optional=True)
def optional(): return "x"

@app.get("/multi")
@multi.login_required
def several(): return "x"
"""

PRINCIPAL = """
import flask_principal
app = Flask(__name__)
app.config.update(SECRET_KEY="s" * 40)
flask_principal.Principal(app)
admin = flask_principal.Permission(flask_principal.RoleNeed("admin"))

@app.get("/needs")
@admin.require(403)
def needs(): return "x"

@app.get("/open")
def open_(): return "x"
"""

SECURITY = """
import flask_security
from types import SimpleNamespace
app = Flask(__name__)
app.config.update(
    SECRET_KEY="s" * 40, SECURITY_PASSWORD_SALT="s" * 20, SECURITY_REGISTERABLE=False, SECURITY_TRACKABLE=False
)

class Store(flask_security.UserDatastore):
    def __init__(self):
        class User(flask_security.UserMixin):
            fs_uniquifier = id = email = username = ""
        super().__init__(User, flask_security.RoleMixin)
    def find_user(self, *args, **kwargs): return None

security = flask_security.Security(app, Store())

@app.get("/auth")
@flask_security.auth_required("token", "session")
def auth(): return "x"

@app.get("/within")
@flask_security.auth_required("session", within=10)
def within(): return "x"

@app.get("/roles")
@flask_security.auth_required()
@flask_security.roles_required("admin", "owner")
def roles(): return "x"

@app.get("/accepted")
@flask_security.roles_accepted("admin")
def accepted(): return "x"

@app.get("/permissions")
@flask_security.permissions_required("write")
def permissions(): return "x"

@app.get("/any-permission")
@flask_security.permissions_accepted("write")
def any_permission(): return "x"

@app.get("/token")
@flask_security.auth_token_required
def token(): return "x"

@app.get("/basic")
@flask_security.http_auth_required("realm")
def basic(): return "x"

@app.get("/anonymous")
@flask_security.anonymous_user_required
def anonymous(): return "x"

@app.get("/open")
def open_(): return "x"
"""

RESTFUL = """
import flask_restful
app.config["PROPAGATE_EXCEPTIONS"] = True
limiter = Limiter(get_remote_address, app=app)
cache = Cache(app)
api = flask_restful.Api(app, errors=None)

def signed(fn):
    @wraps(fn)
    def inner(*args, **kwargs):
        if "user" not in session:
            flask_restful.abort(401)
        return fn(*args, **kwargs)
    return inner

def factory(name):
    def decorate(fn):
        @wraps(fn)
        def inner(*args, **kwargs):
            if name not in session:
                flask_restful.abort(403)
            return fn(*args, **kwargs)
        return inner
    return decorate

class Every(flask_restful.Resource):
    method_decorators = [signed]
    def get(self): return {}

class Some(flask_restful.Resource):
    method_decorators = {"post": [limiter.limit("2 per minute"), signed]}
    decorators = [cache.cached(9)]
    def get(self): return {}
    def post(self): return {}

class Tokens(flask_restful.Resource):
    method_decorators = [cache.cached(7, query_string=True), jwt_required(refresh=True)]
    def get(self): return {}

class Made(flask_restful.Resource):
    method_decorators = [factory("admin")]
    def get(self): return {}

class Open(flask_restful.Resource):
    def get(self): return {}
    @signed
    def put(self): return {}

api.add_resource(Every, "/every")
api.add_resource(Some, "/some")
api.add_resource(Tokens, "/tokens")
api.add_resource(Made, "/made")
api.add_resource(Open, "/open")
"""

SMOREST = """
import flask_smorest, marshmallow
app.config.update(API_TITLE="t", API_VERSION="1", OPENAPI_VERSION="3.0.2")
api = flask_smorest.Api(app)
blueprint = flask_smorest.Blueprint("things", "things", url_prefix="/things")

class Thing(marshmallow.Schema):
    x = marshmallow.fields.Int()

@blueprint.route("/class")
class Things(MethodView):
    @jwt_required()
    @blueprint.arguments(Thing, location="query")
    @blueprint.response(200, Thing)
    def get(self, arguments): return {}

    @blueprint.response(201, Thing)
    def post(self): return {}

@blueprint.route("/function")
@blueprint.response(200, Thing)
@jwt_required()
def function(): return {}

@jwt_required()
@blueprint.route("/above")
@blueprint.response(200, Thing)
def above(): return {}

api.register_blueprint(blueprint)
"""

APIFLASK = """
import apiflask
from apiflask.views import MethodView as ApiView
app = apiflask.APIFlask(__name__)
app.config.update(JWT_SECRET_KEY="s" * 40)
JWTManager(app)
auth = apiflask.HTTPTokenAuth()

@app.get("/auth")
@app.auth_required(auth, roles=["admin"])
@app.output({"x": apiflask.fields.Integer()})
def by_auth(): return {}

@app.get("/jwt")
@jwt_required()
@app.input({"x": apiflask.fields.Integer()}, location="query")
@app.output({"x": apiflask.fields.Integer()})
def by_token(query_data): return {}

@app.get("/optional")
@app.auth_required(auth, optional=True)
async def optional(): return {}

@app.get("/open")
@app.doc(summary="x")
@app.output({"x": apiflask.fields.Integer()})
def open_(): return {}

class View_(ApiView):
    decorators = [app.auth_required(auth)]
    @app.output({"x": apiflask.fields.Integer()})
    def get(self): return {}

app.add_url_rule("/class", view_func=View_.as_view("class"))
"""

CASES: dict[str, tuple[str, dict[tuple[str, str], list[tuple[str, str, dict[str, Any]]]]]] = {
    "Flask-Login": (
        LOGIN,
        {
            ("GET", "/login"): [("login", "required", {})],
            ("GET", "/fresh"): [("login", "fresh", {})],
            ("GET", "/open"): [],
        },
    ),
    "Flask-HTTPAuth": (
        HTTPAUTH,
        {
            ("GET", "/role"): [("httpauth", "required", {"role": ["admin", "owner"], "scheme": "Basic"})],
            ("GET", "/plain"): [("httpauth", "required", {"role": None, "scheme": "Bearer"})],
            ("GET", "/optional"): [("httpauth", "optional", {"role": None, "scheme": "Basic"})],
            ("GET", "/multi"): [("httpauth", "required", {"role": None, "scheme": ["Basic", "Bearer"]})],
        },
    ),
    "Flask-Principal": (
        PRINCIPAL,
        {("GET", "/needs"): [("principal", "required", {"needs": ["role:admin"]})], ("GET", "/open"): []},
    ),
    "Flask-Security": (
        SECURITY,
        {
            ("GET", "/auth"): [("security", "required", {"auth_methods": ["token", "session"]})],
            ("GET", "/within"): [("security", "fresh", {"auth_methods": ["session"]})],
            ("GET", "/roles"): [
                ("security", "required", {"auth_methods": []}),
                ("security", "required", {"roles": ["admin", "owner"]}),
            ],
            ("GET", "/accepted"): [("security", "required", {"roles": ["admin"]})],
            ("GET", "/permissions"): [("security", "required", {"permissions": ["write"]})],
            ("GET", "/any-permission"): [("security", "required", {"permissions": ["write"]})],
            ("GET", "/token"): [("security", "required", {})],
            ("GET", "/basic"): [("security", "required", {})],
            ("GET", "/anonymous"): [],
            ("GET", "/open"): [],
        },
    ),
    "Flask-RESTful": (
        RESTFUL,
        {
            ("GET", "/every"): [("own", "required", {})],
            ("GET", "/some"): [],
            ("POST", "/some"): [("own", "required", {})],
            ("GET", "/made"): [("own", "required", {})],
            ("GET", "/tokens"): [("jwt", "refresh", {"refresh": True})],
            ("GET", "/open"): [],
            ("PUT", "/open"): [("own", "required", {})],
        },
    ),
    "flask-smorest": (
        SMOREST,
        {
            ("GET", "/things/class"): [("jwt", "required", {"verify_type": True})],
            ("POST", "/things/class"): [],
            ("GET", "/things/function"): [("jwt", "required", {"verify_type": True})],
            ("GET", "/things/above"): [],
        },
    ),
    "APIFlask": (
        APIFLASK,
        {
            ("GET", "/auth"): [("httpauth", "required", {"role": ["admin"], "scheme": "Bearer"})],
            ("GET", "/jwt"): [("jwt", "required", {"verify_type": True})],
            ("GET", "/optional"): [("httpauth", "optional", {"role": None, "scheme": "Bearer"})],
            ("GET", "/open"): [],
            ("GET", "/class"): [("httpauth", "required", {"role": None, "scheme": "Bearer"})],
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_route_is_guarded_as_requests_find(name: str, tmp_path: Path) -> None:
    """The guards of another extension are known with what they ask for, and refuse a request without an identity."""
    source, expected = CASES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = make(tmp_path, source)
    every = by_rule(module.app)
    client = module.app.test_client()
    for (method, rule), guards in expected.items():
        route = every[method, rule]
        assert [(one.kind, one.how) for one in route.guards] == [one[:2] for one in guards]
        for guard, (_, _, details) in zip(route.guards, guards, strict=True):
            assert details.items() <= guard.details.items()
            assert route.order[guard.position].kind == "guard"
        for backend in module.app.extensions.get("cache", {}).values():
            backend.clear()
        status = client.open(rule, method=method, headers={"Accept": "application/json"}).status_code
        assert (status in REFUSED) is (route.exposure == "guarded")
        assert route.unseen == ""


def test_a_login_that_is_switched_off_guards_nothing(tmp_path: Path) -> None:
    """LOGIN_DISABLED lets everybody pass, so that the route counts as one that asks and does not demand."""
    module = make(tmp_path, LOGIN + "app.config['LOGIN_DISABLED'] = True\n")
    route = by_rule(module.app)["GET", "/login"]
    assert (route.exposure, route.guards[0].details) == ("optional", {"disabled": True})
    assert module.app.test_client().get("/login").status_code == 200


def test_decorators_of_a_resource_stand_in_the_order_in_which_they_run(tmp_path: Path) -> None:
    """flask-restful wraps its method decorators around a method with each request; the last is the outermost."""
    module = make(tmp_path, RESTFUL)
    route = by_rule(module.app)["POST", "/some"]
    assert [one.kind for one in route.layers] == ["own", "cached", "view", "own", "limit", "body"]
    assert [one.kind for one in route.order] == ["own", "cache", "guard", "limit", "body"]
    assert [(one.text, one.scope) for one in route.limits] == [("2 per 1 minute", "own")]


def test_what_other_extensions_read_is_known(tmp_path: Path) -> None:
    """The current user of Flask-Login and of Flask-HTTPAuth is known as such."""
    assert by_rule(make(tmp_path, LOGIN).app)["GET", "/fresh"].reads == ("current_user",)
    assert by_rule(make(tmp_path, HTTPAUTH).app)["GET", "/plain"].reads == ("current_user",)


def test_a_decorator_above_a_route_of_smorest_is_dead(tmp_path: Path) -> None:
    """The method that registers is known wherever it comes from; `response` below it is alive."""
    assert by_rule(make(tmp_path, SMOREST).app)["GET", "/things/above"].dead == ("jwt_required()",)


def test_a_cache_that_is_applied_with_each_request(tmp_path: Path) -> None:
    """What `cached()` was called with is read before it has wrapped anything."""
    (use,) = by_rule(make(tmp_path, RESTFUL).app)["GET", "/tokens"].cache
    assert (use.timeout, use.key) == (7, "path and query string")
