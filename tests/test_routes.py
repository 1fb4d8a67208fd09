from __future__ import annotations

import pytest

from keck.project.routes import Route
from tests.support import project

HEAD = """\
from functools import wraps
from flask import Blueprint, Flask, abort, current_app, session
from flask.views import MethodView, View
from flask_caching import Cache
from flask_jwt_extended import jwt_required
from flask_limiter import Limiter
from flask_login import login_required
app = Flask(__name__)
bp = Blueprint("bp", __name__)
cache = Cache(app)
limiter = Limiter(lambda: "x", app=app)
"""


def routes(code: str, **more: str) -> list[Route]:
    """Return the routes of an app, and of further modules given by name."""
    return list(project({"app.py": HEAD + code} | {f"{name}.py": text for name, text in more.items()}).routes)


def route(code: str, **more: str) -> Route:
    """Return the only route of an app."""
    (found,) = routes(code, **more)
    return found


WAYS = {
    "app": '@app.route("/x")\ndef v(): ...',
    "verb": '@app.get("/x")\ndef v(): ...',
    "blueprint": '@bp.route("/x")\ndef v(): ...',
    "async": '@bp.get("/x")\nasync def v(): ...',
    "current_app": '@current_app.route("/x")\ndef v(): ...',
    "unknown holder": 'def register(server):\n    @server.route("/x")\n    def v(): ...',
    "in a factory": 'def create_app():\n    own = Flask(__name__)\n    @own.route("/x")\n    def v(): ...\n    return own',
    "add_url_rule": 'def v(): ...\napp.add_url_rule("/x", view_func=v)',
    "add_url_rule by position": 'def v(): ...\napp.add_url_rule("/x", "v", v)',
    "called route": 'def v(): ...\napp.route("/x")(v)',
    "called verb": 'def v(): ...\nbp.get("/x")(v)',
    "table": 'def v(): ...\nROWS = [("/x", v)]\nfor rule, view in ROWS:\n    app.add_url_rule("/x", view_func=view)',
    "wrapped": 'def v(): ...\napp.add_url_rule("/x", view_func=login_required(v))',
    "wrapped variable": 'def v(): ...\nw = login_required(v)\napp.add_url_rule("/x", view_func=w)',
    "apiflask": 'from apiflask import APIFlask\nown = APIFlask(__name__)\n@own.get("/x")\ndef v(): ...',
    "method view": 'class V(MethodView):\n    def get(self): ...\napp.add_url_rule("/x", view_func=V.as_view("v"))',
    "method view by position": 'class V(MethodView):\n    def get(self): ...\napp.add_url_rule("/x", "v", V.as_view("v"))',
    "method view in a variable": (
        'class V(MethodView):\n    def get(self): ...\nv = V.as_view("v")\napp.add_url_rule("/x", view_func=v)'
    ),
    "wrapped method view": (
        'class V(MethodView):\n    def get(self): ...\napp.add_url_rule("/x", view_func=login_required(V.as_view("v")))'
    ),
    "view": 'class V(View):\n    def dispatch_request(self): ...\napp.add_url_rule("/x", view_func=V.as_view("v"))',
    "flask-restful": (
        "from flask_restful import Api, Resource\napi = Api(app)\nclass V(Resource):\n    def get(self): ...\n"
        'api.add_resource(V, "/x")'
    ),
    "flask-restx": (
        'from flask_restx import Namespace, Resource\nns = Namespace("n")\n@ns.route("/x")\nclass V(Resource):\n'
        "    def get(self): ..."
    ),
    "flask-restx api": (
        'from flask_restx import Api, Resource\napi = Api(app)\n@api.route("/x")\nclass V(Resource):\n    def get(self): ...'
    ),
    "flask-smorest": (
        'from flask_smorest import Blueprint as B\nblp = B("b", __name__)\n@blp.route("/x")\nclass V(MethodView):\n'
        "    def get(self): ..."
    ),
    "flask-smorest function": 'from flask_smorest import Blueprint as B\nblp = B("b", __name__)\n@blp.route("/x")\ndef v(): ...',
    "apiflask class": (
        'from apiflask.views import MethodView as M\n@bp.route("/x")\nclass V(M):\n    def get(self): ...'
    ),
    "another library's MethodView": (
        "from flask_maple.views import MethodView as M\nclass V(M):\n    def get(self): ...\n"
        'bp.add_url_rule("/x", view_func=V.as_view("v"))'
    ),
    "another library's Resource": (
        'from flask_potion.resource import ModelResource as R\n@bp.route("/x")\nclass V(R):\n    def get(self): ...'
    ),
    "base class": (
        'class Base(MethodView): ...\nclass V(Base):\n    def get(self): ...\napp.add_url_rule("/x", view_func=V.as_view("v"))'
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_write_a_route_is_seen(way: str) -> None:
    """However a view is registered, it is one route with its rule and method."""
    found = route(WAYS[way])
    assert found.rules == ("/x",)
    assert found.methods == {"GET"}
    assert not found.writes


NONE = [
    "def v(): ...",
    "@login_required\ndef v(): ...",
    "@app.errorhandler(404)\ndef v(e): ...",
    "@app.route\ndef v(): ...",
    "class V(Unknown):\n    def get(self): ...",
    "from other import Resource\nclass V(Resource):\n    def get(self): ...",
    "class V:\n    def get(self): ...",
    "class V(MethodView):\n    def helper(self): ...",
    'app.add_url_rule("/x", view_func=missing)',
    'app.add_url_rule("/x", view_func=lambda: "x")',
    'app.add_url_rule("/x")',
    'import somewhere\napp.add_url_rule("/x", view_func=somewhere.view)',
    'import requests\nrequests.get("/x")(print)',
    'import requests\nrequests.get("/x", 1)\napp.get("/x")(print, 1)',
    'class V(MethodView):\n    @app.route("/x")\n    def helper(self): ...',
]


@pytest.mark.parametrize("code", NONE)
def test_what_is_no_route_is_none(code: str) -> None:
    """Handlers, helpers, classes that are no views and views that are not the project's are no routes."""
    assert routes(code) == []


def test_routes_of_tests_are_left_out() -> None:
    """A test's own views, hooks and registrations do not count."""
    text = HEAD + (
        '@app.route("/x")\ndef v(): ...\nclass W(MethodView):\n    def get(self): ...\napp.add_url_rule("/w", view_func=v)\n'
        '@app.before_request\ndef h(): abort(401)\ndef g(): abort(401)\napp.before_request(g)\napp.route("/y")(v)\n'
    )
    world = project({"tests/test_app.py": text})
    assert world.routes == ()
    assert world.route_table.hooks == ()


@pytest.mark.parametrize(
    ("code", "methods", "explicit"),
    [
        ('@app.route("/x", methods=["post", "PUT"])\ndef v(): ...', {"POST", "PUT"}, True),
        ('M = ("GET", "POST")\n@app.route("/x", methods=M)\ndef v(): ...', {"GET", "POST"}, True),
        ('@app.route("/x")\n@app.route("/y", methods=["DELETE"])\ndef v(): ...', {"GET", "DELETE"}, True),
        ('import c\n@app.route("/x", methods=c.METHODS)\ndef v(): ...', set(), True),
        ('@app.patch("/x")\ndef v(): ...', {"PATCH"}, True),
        ('def v(): ...\napp.add_url_rule("/x", view_func=v, methods=["POST"])', {"POST"}, True),
        ('def v(): ...\napp.route("/x", methods=["POST"])(v)', {"POST"}, True),
        (
            'class V(View):\n    methods = ["GET", "POST", X]\n    def dispatch_request(self): ...',
            {"GET", "POST"},
            True,
        ),
        ("class V(View):\n    methods = METHODS\n    def dispatch_request(self): ...", {"GET"}, True),
        (
            (
                "class V(View):\n    def dispatch_request(self): ...\n"
                'app.add_url_rule("/x", view_func=V.as_view("v"), methods=["POST"])'
            ),
            {"POST"},
            True,
        ),
        (
            (
                "class V(MethodView):\n    def dispatch_request(self): ...\nclass W(V):\n    def render(self): ...\n"
                "class X(V):\n    methods = None\nclass Y(str): ...\nclass Z(View):\n    def other(self): ..."
            ),
            {"GET"},
            True,
        ),
    ],
)
def test_methods_are_known(code: str, methods: set[str], explicit: bool) -> None:
    """The methods are those that the source lists, GET where it lists none, and none where they cannot be known."""
    found = route(code)
    assert found.methods == methods
    assert found.explicit is explicit
    assert found.writes is bool(methods - {"GET"})


def test_a_dispatcher_answers_what_the_classes_below_answer() -> None:
    """The methods of a shared dispatch_request are those that the subclasses define."""
    found = routes(
        "class Base(MethodView):\n    def dispatch_request(self): ...\n"
        "class A(Base):\n    def get(self): ...\n    def helper(self): ...\nclass B(Base):\n    def delete(self): ...\n"
    )
    assert {one.name: set(one.methods) for one in found} == {
        "Base.dispatch_request": {"GET", "DELETE"},
        "A.get": {"GET"},
        "B.delete": {"DELETE"},
    }


def test_all_rules_of_a_view_are_known() -> None:
    """Several routes, several URLs of a resource, and two registrations of a class add up; endpoints are no rules."""
    assert route('@app.route("/a")\n@bp.route("/b/<int:n>")\ndef v(n): ...').rules == ("/a", "/b/<int:n>")
    restful = "from flask_restful import Api, Resource\nclass V(Resource):\n    def get(self): ...\n"
    assert route(restful + 'Api(app).add_resource(V, "/a", "/b")').rules == ("/a", "/b")
    twice = 'class V(MethodView):\n    def get(self): ...\nv = V.as_view("v")\n'
    twice += 'app.add_url_rule("/a", "first", v)\napp.add_url_rule("/b", "second", v)\n'
    assert route(twice).rules == ("/a", "/b")
    assert route('import c\n@app.route(c.URL)\n@app.route("/a")\ndef v(): ...').rules == ("/a",)


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ('@app.route("/x")\n@login_required\n@cache.cached()\ndef v(): ...', ["guard", "cached"]),
        ('@login_required\ndef v(): ...\napp.add_url_rule("/x", view_func=cache.cached()(jwt_required()(v)))',
         ["cached", "jwt", "guard"]),
        ('def v(): ...\nw = login_required(v)\napp.add_url_rule("/x", view_func=limiter.limit("1/day")(w))',
         ["limit", "guard"]),
        (("class V(MethodView):\n    decorators = [login_required, cache.cached()]\n    @limiter.limit('1/day')\n"
         "    def get(self): ..."), ["cached", "guard", "limit"]),
        ("class Base(MethodView):\n    decorators = (*[], login_required)\nclass V(Base):\n    def get(self): ...",
         ["guard", "other"]),
        (("class Base(MethodView):\n    decorators = [login_required]\nclass V(Base):\n    decorators = [cache.cached()]\n"
         "    def get(self): ..."), ["cached"]),
        ("class V(MethodView):\n    decorators = unknown()\n    def get(self): ...", []),
        (("from flask_restful import Resource\nclass V(Resource):\n    method_decorators = [login_required]\n"
         "    def get(self): ..."), ["guard"]),
        (("from flask_restful import Resource\nclass V(Resource):\n"
         "    method_decorators = {'get': [login_required, cache.cached()], 'post': []}\n    def get(self): ..."),
         ["cached", "guard"]),
        (("from flask_restful import Resource\nclass V(Resource):\n    method_decorators = {'get': several}\n"
         "    def get(self): ..."), []),
        ('class V(MethodView):\n    def get(self): ...\napp.add_url_rule("/x", view_func=login_required(V.as_view("v")))',
         ["guard"]),
        (('class V(MethodView):\n    def get(self): ...\nv = login_required(V.as_view("v"))\n'
         'app.add_url_rule("/a", view_func=v)\napp.add_url_rule("/b", view_func=v)'), ["guard"]),
        (("def v(): ...\nw = v\nfor _ in w: ...\na = jwt_required()(a)\napp.add_url_rule('/x', view_func=a)\n"
         "app.add_url_rule('/x', view_func=v)"), []),
    ],
)  # fmt: skip
def test_the_decorators_stand_in_their_order(code: str, kinds: list[str]) -> None:
    """Whatever wraps a view stands in the order in which it runs: by hand, class, method."""
    assert [one.kind for one in route(code).effective if one.kind != "route"] == kinds


def test_a_guard_applied_in_another_module_is_followed() -> None:
    """A view that is wrapped and named where it is defined, and registered elsewhere, keeps its wrapper."""
    views = "from flask_login import login_required\ndef index(): ...\nguarded = login_required(index)\n"
    found = route('import views\napp.add_url_rule("/x", view_func=views.guarded)', views=views)
    assert (found.symbol, [one.kind for one in found.effective]) == ("views:index", ["guard"])
    listed = "from flask.views import MethodView\nfrom flask_login import login_required\nclass V(MethodView):\n"
    listed += '    def get(self): ...\nview = login_required(V.as_view("v"))\n'
    found = route('import views\napp.add_url_rule("/x", view_func=views.view)', views=listed)
    assert (found.name, [one.kind for one in found.effective]) == ("V.get", ["guard"])


def test_what_stands_above_the_innermost_route_is_ineffective() -> None:
    """Decorators above the one that registers wrap nothing that is served."""
    found = route(
        '@login_required\n@app.route("/a")\n@cache.cached()\n@bp.route("/b")\n@limiter.limit("1/day")\ndef v(): ...'
    )
    assert [one.kind for one in found.ineffective] == ["guard", "cached"]
    assert [one.kind for one in found.effective] == ["limit"]
    assert route('@app.route("/a")\ndef v(): ...').ineffective == ()
    assert route('@login_required\ndef v(): ...\napp.add_url_rule("/x", view_func=v)').ineffective == ()


def test_a_class_is_registered_by_its_own_route_or_elsewhere() -> None:
    """Above a class's route the decorators are lost; a resource without its parentheses has no rule."""
    restx = "from flask_restx import Api, Resource\napi = Api(app)\n"
    found = route(
        restx + '@jwt_required()\n@api.route("/x")\nclass V(Resource):\n    @login_required\n    def get(self): ...'
    )
    assert ([one.kind for one in found.ineffective], [one.kind for one in found.effective]) == (["jwt"], ["guard"])
    bare = route(restx + "@api.route\nclass V(Resource):\n    def get(self): ...")
    assert (bare.rules, bare.registration) == ((), None)
    function = route(restx + "@api.route\ndef v(): ...")
    assert (function.rules, function.methods) == ((), frozenset())


def test_a_route_knows_its_name_symbol_place_and_owner() -> None:
    """For messages and baselines a route has a name, a symbol, the line of its def, and what it is registered on."""
    one, two = routes('@bp.route("/x")\ndef v():\n    return 1\nclass V(MethodView):\n    def get(self): ...\n')
    assert (one.name, one.symbol, two.name, two.symbol) == ("v", "app:v", "V.get", "app:V.get")
    assert one.place.line == one.place.end_line == HEAD.count("\n") + 2
    assert [getattr(each, "kind", "") for each in one.owner] == ["blueprint"]
    assert two.owner == frozenset()
    made = route('from flask import Flask\ndef v(): ...\nFlask("x").add_url_rule("/x", view_func=v)')
    assert [getattr(each, "kind", "") for each in made.owner] == ["app"]
    loose = route("from tools import add_url_rule\ndef v(): ...\nadd_url_rule('/x', view_func=v)")
    assert loose.owner == frozenset()
    fresh = route('@Flask("x").route("/x")\ndef v(): ...')
    assert [getattr(each, "kind", "") for each in fresh.owner] == ["app"]


CHECK = "def check():\n    if 'uid' not in session:\n        abort(401)\n"
ON_BP = '@bp.route("/x")\ndef v(): ...\n'
API = "from flask_restx import Api, Namespace, Resource\n"


@pytest.mark.parametrize(
    "code",
    [
        "@bp.before_request\n" + CHECK + ON_BP,
        "@app.before_request\n" + CHECK + ON_BP,
        "@bp.before_app_request\n" + CHECK + '@app.route("/x")\ndef v(): ...\n',
        "@bp.before_request\n@login_required\ndef check(): ...\n" + ON_BP,
        CHECK + "bp.before_request(check)\n" + ON_BP,
        CHECK + "app.before_request(f=check)\n" + ON_BP,
        'outer = Blueprint("o", __name__)\nouter.register_blueprint(bp)\n@outer.before_request\n' + CHECK + ON_BP,
        API
        + 'api = Api(bp)\n@api.route("/x")\nclass V(Resource):\n    def get(self): ...\n@bp.before_request\n'
        + CHECK,
        API + 'api = Api()\napi.init_app(bp)\n@api.route("/x")\nclass V(Resource):\n    def get(self): ...\n'
        "@bp.before_request\n" + CHECK,
        API + 'api = Api(bp)\nns = Namespace("n")\napi.add_namespace(ns)\n@ns.route("/x")\nclass V(Resource):\n'
        "    def get(self): ...\n@bp.before_request\n" + CHECK,
    ],
)
def test_a_hook_that_turns_callers_away_guards_the_route(code: str) -> None:
    """A before_request of the app, the blueprint, or what that is registered on is a guard."""
    world = project(HEAD + code)
    hook = world.route_table.guarded_by_hook(world.routes[0])
    assert hook is not None
    assert hook.function.name == "check"


@pytest.mark.parametrize(
    "code",
    [
        ON_BP,
        "@bp.before_request\ndef check(): session.clear()\n" + ON_BP,
        'other = Blueprint("o", __name__)\n@other.before_request\n' + CHECK + ON_BP,
        'other = Blueprint("o", __name__)\nbp.register_blueprint(other)\nother.register_blueprint(bp)\n'
        'register_blueprint(bp)\nbp.register_blueprint()\nthird = Blueprint("t", __name__)\n@third.before_request\n'
        + CHECK
        + ON_BP,
        "@bp.after_request\n" + CHECK + ON_BP,
        "bp.before_request(lambda: None)\nbp.before_request(missing)\nbefore_request(check)\n" + CHECK + ON_BP,
        "@(bp or app).before_request\n" + CHECK + ON_BP,
    ],
)
def test_other_hooks_guard_nothing(code: str) -> None:
    """Hooks that turn nobody away, run later, or belong elsewhere are no guards."""
    world = project(HEAD + code)
    assert world.route_table.guarded_by_hook(world.routes[0]) is None


FACTORY = "def on(rule, **rest):\n    def take(view): return app.route(rule, **rest)(view)\n    return take\n"


@pytest.mark.parametrize(
    ("decorator", "methods"),
    [
        ("def on(view):\n    app.add_url_rule('/x', view_func=view, methods=['PUT'])\n    return view\n@on\n", [{"PUT"}]),
        (f"{FACTORY}@on('/x', methods=['POST'])\n", [{"POST"}]),
        (f"{FACTORY}@on('/x')\n", [{"GET"}]),
        ("def on(view, **rest):\n    app.add_url_rule('/x', view_func=view, **rest)\n    return view\n@on\n", [{"GET"}]),
        ("def on(other, view):\n    app.add_url_rule('/x', view_func=view)\n@on\n", []),
        ("def on():\n    app.add_url_rule('/x', view_func=unknown)\n@on()\n", []),
        ("class Api:\n    def on(self, view): app.add_url_rule('/x', view_func=view)\n@Api.on\n", []),
    ],
)  # fmt: skip
def test_views_below_a_decorator_that_registers_its_parameter(decorator: str, methods: list[set[str]]) -> None:
    """A function below a decorator of the project that registers what it is given is a route, with the methods it says."""
    files = {
        "app.py": f"from flask import Flask\napp = Flask(__name__)\n{decorator}def v(): ...\nclass C:\n    @on\n    def m(self): ...\n",
        "tests/test_app.py": "from app import on\n@on\ndef t(): ...\n",
    }
    assert [(one.name, set(one.methods)) for one in project(files).routes] == [("v", each) for each in methods]


TABLES = {
    "dict": "VIEWS = {'/a': login_required(a), '/b': b}\nfor rule, view in VIEWS.items():\n",
    "dict's values": "VIEWS = {'/a': login_required(a), '/b': b}\nfor view in VIEWS.values():\n",
    "pairs": "for rule, view in [('/a', login_required(a)), ('/b', b)]:\n",
    "pairs with options": "for rule, view, options in [('/a', login_required(a), {}), ('/b', b, {})]:\n",
    "short rows": "for rule, view in [('/a', login_required(a)), ('/b', b), ('/c',)]:\n",
    "list": "for view in [login_required(a), b, b]:\n",
    "beside other blocks": "while x:\n    pass\nfor view in 1, 2:\n    pass\nfor one in [b]:\n    pass\n"
    "for i, (view) in enumerate((login_required(a), b)):\n",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_each_view_of_a_table_has_its_own_decorators(table: str) -> None:
    """The rows of the table through which a loop goes are registered as if each stood in the call."""
    code = f"def a(): ...\ndef b(): ...\n{table}    app.add_url_rule('/x', view_func=view)\n"
    found = [(one.name, [layer.kind for layer in one.layers]) for one in project(HEAD + code).routes]
    assert found == [("a", ["guard"]), ("b", [])]


def test_classes_of_a_table() -> None:
    """A table may hold class-based views, each with what is applied to it there."""
    code = (
        "class A(MethodView):\n    def get(self): ...\nclass B(MethodView):\n    def post(self): ...\n"
        "for view in (login_required(A.as_view('a')), B.as_view('b')):\n    app.add_url_rule('/x', view_func=view)\n"
    )
    found = [(one.name, [layer.kind for layer in one.layers]) for one in project(HEAD + code).routes]
    assert found == [("A.get", ["guard"]), ("B.post", [])]


@pytest.mark.parametrize("table", ["for view in tables():\n", "for view in other.VIEWS:\n", "with made() as view:\n"])
def test_a_table_that_cannot_be_seen_has_no_routes(table: str) -> None:
    """Where the rows are unknown there is no route to tell of."""
    assert project(f"{HEAD}{table}    app.add_url_rule('/x', view_func=view)\n").routes == ()
