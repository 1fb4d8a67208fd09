"""What is said of routes, compared with what real requests get."""

from __future__ import annotations

import logging
from pathlib import Path
from types import ModuleType

import pytest

from keck.live.record import Route
from keck.live.routes import routes
from tests.live.making import by_rule, hows, kinds, make, only, texts

BROAD = """
import asyncio

limiter = Limiter(get_remote_address, app=app, default_limits=["100 per hour"])
cache = Cache(app)
CORS(app, resources={r"/cors/*": {"origins": ["https://a.example"]}, r"/free": {"origins": "*"}})

def roles(*names):
    def decorate(fn):
        @wraps(fn)
        @jwt_required()
        def inner(*args, **kwargs):
            if get_jwt().get("role") not in names:
                abort(403)
            return fn(*args, **kwargs)
        return inner
    return decorate

def unwrapped(fn):
    def wrapper(*args, **kwargs):
        return fn(*args, **kwargs)
    wrapper.__name__ = fn.__name__
    return wrapper

@app.get("/open")
def open_():
    return "x"

@app.get("/free")
def free():
    return "x"

@app.get("/jwt")
@jwt_required()
def jwt_view():
    return jsonify(get_jwt_identity())

@app.post("/refresh")
@jwt_required(refresh=True, locations=["headers"])
def refresh():
    return "x"

@app.get("/maybe")
@jwt_required(optional=True)
def maybe():
    return "x"

@app.get("/roles")
@roles("admin")
def role_view():
    return "x"

@app.get("/bare")
@unwrapped
@jwt_required()
def bare():
    return "x"

@app.get("/async")
@jwt_required()
async def asynchronous():
    await asyncio.sleep(0)
    return "x"

@jwt_required()
@app.get("/above")
def above():
    return "x"

@app.get("/cached")
@jwt_required()
@cache.cached(30, query_string=True)
def cached():
    return "x"

@app.get("/leak")
@cache.cached(timeout=30)
@jwt_required()
def leak():
    return "x"

@app.get("/memo/<int:number>")
@cache.memoize(9)
def memo(number):
    return "x"

@app.get("/limited")
@limiter.limit("2 per minute")
def limited():
    return "x"

@app.get("/both")
@limiter.limit("3 per minute;50 per day", override_defaults=False)
@limiter.limit("4 per minute", override_defaults=False)
def both():
    return "x"

@app.get("/exempt")
@limiter.exempt
def exempt():
    return "x"

@app.get("/cors/x")
def cors_view():
    return "x"

@app.route("/cors/own", methods=["GET", "PUT"])
@cross_origin(origins=["https://b.example"], supports_credentials=True, methods=["GET"])
def cors_own():
    return "x"

class Things(MethodView):
    decorators = [jwt_required()]

    def get(self, number):
        return "x"

    @roles("admin")
    def delete(self, number):
        return "x"

class Parts(MethodView):
    init_every_request = False

    def get(self):
        return "x"

    @jwt_required()
    def post(self):
        return "x"

class Page(View):
    methods = ["GET", "POST"]

    @jwt_required()
    def dispatch_request(self):
        return "x"

class Checked(MethodView):
    def dispatch_request(self, **kwargs):
        if "user" not in session:
            abort(401)
        return super().dispatch_request(**kwargs)

    def get(self):
        return "x"

app.add_url_rule("/things/<int:number>", view_func=Things.as_view("things"))
app.add_url_rule("/parts", view_func=Parts.as_view("parts"))
app.add_url_rule("/page", view_func=Page.as_view("page"))
app.add_url_rule("/checked", view_func=Checked.as_view("checked"))

for name in ("a", "b"):
    def made():
        return "x"
    app.add_url_rule(f"/made/{name}", f"made_{name}", jwt_required()(made) if name == "a" else made)

outer = Blueprint("outer", __name__, url_prefix="/outer")
inner = Blueprint("inner", __name__, url_prefix="/inner")

@outer.before_request
def guard():
    verify_jwt_in_request()

@inner.before_request
@jwt_required(fresh=True)
def fresh():
    pass

@outer.get("/x")
def outer_view():
    return "x"

@inner.get("/x")
def inner_view():
    return "x"

limiter.limit("5 per minute")(outer)
outer.register_blueprint(inner)
app.register_blueprint(outer)
"""

# method, rule: exposure, limits, origins that get an answer
EXPECTED: dict[tuple[str, str], tuple[str, set[str], set[str]]] = {
    ("GET", "/open"): ("open", {"100 per 1 hour"}, set()),
    ("GET", "/free"): ("open", {"100 per 1 hour"}, {"https://a.example", "https://b.example", "https://c.example"}),
    ("GET", "/jwt"): ("guarded", {"100 per 1 hour"}, set()),
    ("POST", "/refresh"): ("guarded", {"100 per 1 hour"}, set()),
    ("GET", "/maybe"): ("optional", {"100 per 1 hour"}, set()),
    ("GET", "/roles"): ("guarded", {"100 per 1 hour"}, set()),
    ("GET", "/bare"): ("guarded", {"100 per 1 hour"}, set()),
    ("GET", "/async"): ("guarded", {"100 per 1 hour"}, set()),
    ("GET", "/above"): ("open", {"100 per 1 hour"}, set()),
    ("GET", "/cached"): ("guarded", {"100 per 1 hour"}, set()),
    ("GET", "/leak"): ("guarded", {"100 per 1 hour"}, set()),
    ("GET", "/memo/<int:number>"): ("open", {"100 per 1 hour"}, set()),
    ("GET", "/limited"): ("open", {"2 per 1 minute"}, set()),
    ("GET", "/both"): ("open", {"3 per 1 minute", "50 per 1 day", "4 per 1 minute", "100 per 1 hour"}, set()),
    ("GET", "/exempt"): ("open", set(), set()),
    ("GET", "/cors/x"): ("open", {"100 per 1 hour"}, {"https://a.example"}),
    ("GET", "/cors/own"): ("open", {"100 per 1 hour"}, {"https://b.example"}),
    ("PUT", "/cors/own"): ("open", {"100 per 1 hour"}, {"https://b.example"}),
    ("GET", "/things/<int:number>"): ("guarded", {"100 per 1 hour"}, set()),
    ("DELETE", "/things/<int:number>"): ("guarded", {"100 per 1 hour"}, set()),
    ("GET", "/parts"): ("open", {"100 per 1 hour"}, set()),
    ("POST", "/parts"): ("guarded", {"100 per 1 hour"}, set()),
    ("GET", "/page"): ("guarded", {"100 per 1 hour"}, set()),
    ("POST", "/page"): ("guarded", {"100 per 1 hour"}, set()),
    ("GET", "/checked"): ("guarded", {"100 per 1 hour"}, set()),
    ("GET", "/made/a"): ("guarded", {"100 per 1 hour"}, set()),
    ("GET", "/made/b"): ("open", {"100 per 1 hour"}, set()),
    ("GET", "/outer/x"): ("guarded", {"5 per 1 minute"}, set()),
    ("GET", "/outer/inner/x"): ("guarded", {"5 per 1 minute"}, set()),
}
ORIGINS = ("https://a.example", "https://b.example", "https://c.example")


@pytest.fixture(scope="module")
def broad(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """An app with one route for each way to protect one."""
    logging.getLogger("flask-limiter").disabled = True
    return make(tmp_path_factory.mktemp("broad"), BROAD)


def test_every_route_is_there_once(broad: ModuleType) -> None:
    """Each rule has a row for each of its methods, HEAD and Flask's own OPTIONS apart."""
    rows = [(one.method, one.rule) for one in routes(broad.app) if not one.static]
    assert sorted(rows) == sorted(EXPECTED)


@pytest.mark.parametrize(("method", "rule"), EXPECTED)
def test_a_route_is_what_a_request_finds(broad: ModuleType, method: str, rule: str) -> None:
    """Exposure, limits and origins of a route are those that real requests show."""
    route = by_rule(broad.app)[method, rule]
    exposure, limits, origins = EXPECTED[method, rule]
    assert (route.exposure, set(texts(route))) == (exposure, limits)
    assert route.unseen == ""
    assert route.path is not None
    client = broad.app.test_client()
    broad.cache.clear()
    broad.limiter.reset()
    answer = client.open(route.path, method=method)
    assert (answer.status_code == 401) is (exposure == "guarded")
    assert _limits(broad, route) == limits
    for origin in ORIGINS:
        answer = client.open(route.path, method=method, headers={"Origin": origin})
        assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is (origin in origins)
        asked = {"Origin": origin, "Access-Control-Request-Method": method}
        preflight = client.options(route.path, headers=asked)
        allowed = method in preflight.headers.get("Access-Control-Allow-Methods", "")
        assert allowed is (origin in origins and route.cors.preflight)


def _limits(broad: ModuleType, route: Route) -> set[str]:
    """Return the limits that are counted when a route is asked for, by the keys that the limiter writes."""
    broad.limiter.reset()
    broad.cache.clear()
    assert route.path is not None
    broad.app.test_client().open(route.path, method=route.method)
    found = set()
    for key in broad.limiter.storage.storage:
        amount, multiple, unit = key.rsplit("/", 3)[-3:]
        found.add(f"{amount} per {multiple} {unit}")
    return found


def test_the_cache_answers_before_the_guard_where_it_stands_so(broad: ModuleType) -> None:
    """Where the cache's position is before the guard's, its answer is given without a token."""
    token = _token(broad)
    for rule, before in (("/leak", True), ("/cached", False)):
        route = only(broad.app, rule)
        ((use,), (guard,)) = route.cache, route.guards
        assert (use.position < guard.position) is before
        broad.cache.clear()
        client = broad.app.test_client()
        assert client.get(rule, headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert (client.get(rule).status_code == 200) is before


def _token(broad: ModuleType) -> str:
    with broad.app.app_context():
        return str(broad.create_access_token("1"))


def test_the_order_is_that_of_the_request(broad: ModuleType) -> None:
    """Steps stand in the order in which they run, and each position leads to its step."""
    route = only(broad.app, "/outer/inner/x")
    assert [(one.kind, one.at) for one in route.order] == [
        ("limit", "app"),
        ("guard", "outer"),
        ("guard", "outer.inner"),
        ("body", "view"),
    ]
    assert all(route.order[one.position].kind == "guard" for one in route.guards)
    assert all(route.order[one.position].kind == "limit" for one in route.limits)
    assert [(one.how, one.at) for one in route.guards] == [("required", "outer"), ("fresh", "outer.inner")]


def test_layers_tell_their_names_and_places(broad: ModuleType) -> None:
    """A layer of the project has the name of its decorator and the place of its function."""
    route = only(broad.app, "/roles")
    assert kinds(route) == ["jwt", "own", "body"]
    own, body = route.layers[1:]
    assert own.name == f"{broad.__name__}.roles"
    assert own.reads == ("abort", "get_jwt")
    lines = Path(own.spot.path).read_text(encoding="utf-8").splitlines()
    assert lines[own.spot.line - 1].strip() == "@wraps(fn)"
    assert lines[body.spot.line - 1] == '@app.get("/roles")'
    assert lines[body.spot.end_line - 1] == '    return "x"'
    assert route.spot == body.spot


def test_details_of_a_token_guard(broad: ModuleType) -> None:
    """What `jwt_required` was called with is kept."""
    (guard,) = only(broad.app, "/refresh", "POST").guards
    assert (guard.kind, guard.how, guard.name) == ("jwt", "refresh", "flask_jwt_extended.jwt_required")
    assert guard.details == {
        "optional": False,
        "fresh": False,
        "refresh": True,
        "locations": ["headers"],
        "verify_type": True,
        "skip_revocation_check": False,
    }


def test_a_decorator_above_the_route_is_dead(broad: ModuleType) -> None:
    """A decorator above the one that registers is told as dead, and only that."""
    assert {one.rule: one.dead for one in routes(broad.app) if one.dead} == {"/above": ("jwt_required()",)}


def test_reads_and_cache(broad: ModuleType) -> None:
    """What the innermost function refers to and how answers are kept is told."""
    assert only(broad.app, "/jwt").reads == ("get_jwt_identity",)
    (use,) = only(broad.app, "/cached").cache
    assert (use.kind, use.timeout, use.key, use.personal) == ("cached", 30, "path and query string", False)
    (memo,) = only(broad.app, "/memo/<int:number>").cache
    assert (memo.kind, memo.timeout, memo.key) == ("memoize", 9, "arguments")


def test_methods_and_options(broad: ModuleType) -> None:
    """Who answers OPTIONS is told: Flask, or the view."""
    assert only(broad.app, "/open").automatic_options
    own = only(broad.app, "/cors/own")
    assert not own.automatic_options
    assert own.methods == ("GET", "HEAD", "OPTIONS", "PUT")


OPTIONS = """
@app.route("/x", methods=["GET", "OPTIONS"])
@jwt_required()
def x(): return "x"
"""


def test_options_pass_guards(tmp_path: Path) -> None:
    """Flask-JWT-Extended lets every OPTIONS request pass: whoever asks gets what the view answers to it."""
    app = make(tmp_path, OPTIONS).app
    assert [only(app, method=one).exposure for one in ("GET", "OPTIONS")] == ["guarded", "open"]
    assert app.test_client().options("/x").status_code == 200


def test_the_static_route(broad: ModuleType) -> None:
    """Flask's own static files are told as such, and are exempt from every limit."""
    (static,) = (one for one in routes(broad.app) if one.static)
    assert (static.rule, static.exposure, static.limits) == ("/static/<path:filename>", "open", ())
    assert static.exempt == ("application", "default", "meta")


ODD = """
import operator

class Wrapper:
    def __init__(self, fn):
        self.fn = fn

    def __call__(self, *args, **kwargs):
        if not session.get("user"):
            abort(401)
        return self.fn(*args, **kwargs)

class Slotted:
    __slots__ = ("fn", "other")

    def __init__(self, fn):
        self.fn = fn

    def __call__(self, *args, **kwargs):
        return self.fn(*args, **kwargs)

class Service:
    @jwt_required()
    def list(self):
        return "x"

    @staticmethod
    def plain():
        return "x"

    def __call__(self):
        return "x"

def plain():
    return "x"

def two(fn, other):
    def wrapper(*args, **kwargs):
        return (fn if kwargs else other)(*args, **kwargs)
    wrapper.__name__ = "two"
    return wrapper

def helped(load):
    def view():
        return load()
    return view

def ambiguous(left, right):
    def wrapper(*args, **kwargs):
        return [left, right][0](*args, **kwargs)
    return wrapper

app.add_url_rule("/wrapped", "wrapped", Wrapper(jwt_required()(plain)))
app.add_url_rule("/slotted", "slotted", Slotted(jwt_required()(plain)))
app.add_url_rule("/bound", "bound", Service().list)
app.add_url_rule("/static-method", "static_method", Service.plain)
app.add_url_rule("/object", "object", Service())
app.add_url_rule("/partial", "partial", partial(jwt_required()(plain)))
app.add_url_rule("/lambda", "lambda", lambda: "x")
app.add_url_rule("/builtin", "builtin", operator.methodcaller("upper"))
app.add_url_rule("/class", "class", str)
app.add_url_rule("/helped", "helped", helped(plain))
app.add_url_rule("/ambiguous", "ambiguous", ambiguous(plain, jwt_required()(plain)))
app.add_url_rule("/nothing", "nothing")
app.add_url_rule("/nobody", "nobody", provide_automatic_options=False)
app.add_url_rule("/built", "built", plain, build_only=True)
app.add_url_rule("/explicit", "explicit", plain, methods=["OPTIONS", "GET"], provide_automatic_options=False)
exec("def made():\\n    return 'x'\\napp.add_url_rule('/exec', 'exec', jwt_required()(made))")
def lead(*args, **kwargs):
    return lead.inner(*args, **kwargs)
lead.__wrapped__ = lead
app.add_url_rule("/circle", "circle", lead)
"""


def test_odd_views_are_read_as_far_as_they_can_be(tmp_path: Path) -> None:
    """Objects, methods, partials and views without source are followed; what cannot be is said."""
    module = make(tmp_path, ODD)
    every = by_rule(module.app)
    found = {rule: (one.exposure, kinds(one), one.unseen) for (method, rule), one in every.items() if method == "GET"}
    assert found["/wrapped"] == ("guarded", ["own", "jwt", "body"], "")
    assert hows(every["GET", "/wrapped"]) == [("own", "required"), ("jwt", "required")]
    assert found["/slotted"] == ("guarded", ["own", "jwt", "body"], "")
    assert found["/bound"] == ("guarded", ["jwt", "body"], "")
    assert found["/static-method"] == ("open", ["body"], "")
    assert found["/object"] == ("open", ["body"], "")
    assert found["/partial"] == ("guarded", ["jwt", "body"], "")
    assert found["/lambda"] == ("open", ["body"], "")
    assert found["/builtin"][2] == "`operator.methodcaller` is not written in Python"
    assert found["/class"][2] == "`builtins.str` is not written in Python"
    assert found["/helped"] == ("open", ["body"], "")
    assert "knows `left`, `right`, and which of them is the view cannot be told" in found["/ambiguous"][2]
    assert found["/nothing"] == ("open", [], "no function is registered for its endpoint")
    assert found["/exec"] == ("guarded", ["jwt", "body"], "")
    assert found["/circle"][2] == "its wrappers lead back to themselves"
    assert ("OPTIONS", "/explicit") in every
    assert ("GET", "/built") not in every


def test_a_view_that_the_limiter_cannot_name(tmp_path: Path) -> None:
    """A view without a name fails with every request once a limiter is bound; that is said."""
    module = make(tmp_path, ODD + "limiter = Limiter(get_remote_address, app=app, default_limits=['9 per hour'])\n")
    every = by_rule(module.app)
    client = module.app.test_client()
    module.app.config["PROPAGATE_EXCEPTIONS"] = False
    for rule in ("/wrapped", "/partial", "/lambda", "/bound"):
        failed = client.get(rule).status_code == 500
        assert ("has no `__qualname__`" in every["GET", rule].unseen) is failed


def test_a_view_that_cannot_be_read_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A surprise in one view becomes its row's `unseen`."""
    module = make(tmp_path, ODD)

    def broken(function: object) -> None:
        raise RuntimeError(f"cannot be placed: {type(function).__name__}")

    monkeypatch.setattr("keck.live.routes.spot", broken)
    found = only(module.app, "/lambda")
    assert found.unseen == "reading it failed: RuntimeError: cannot be placed: function"
    assert found.exposure == "conditional"


def test_methods_that_are_wrapped_when_the_class_is_made_are_not_called_open(tmp_path: Path) -> None:
    """A class that sets its methods anew in `__init__` may guard them, and is not said to be open."""
    module = make(
        tmp_path,
        """
        from flask.views import MethodView

        class TokenRequired:
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                for name in ("get", "post"):
                    setattr(self, name, self.checked(getattr(self, name, None)))

            def checked(self, function):
                def inner(*args, **kwargs):
                    return function(*args, **kwargs) if request.headers.get("X-Token") == "t" else ("no", 401)
                return inner

        class Tasks(TokenRequired, MethodView):
            def get(self):
                return {}

        class Plain(MethodView):
            def __init__(self):
                self.name = "plain"

            def get(self):
                return {}

        app.add_url_rule("/tasks", view_func=Tasks.as_view("tasks"))
        app.add_url_rule("/plain", view_func=Plain.as_view("plain"))
        """,
    )
    tasks, plain = only(module.app, "/tasks"), only(module.app, "/plain")
    assert (tasks.exposure, tasks.unseen) == ("conditional", "`TokenRequired.__init__` may wrap its methods")
    assert (plain.exposure, plain.unseen) == ("open", "")
    assert module.app.test_client().get("/tasks").status_code == 401
