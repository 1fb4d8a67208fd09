"""What hooks and decorators of a project demand, compared with what a request without any identity gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.making import hows, make, only

REFUSED = frozenset({301, 302, 401, 403})

ANOTHER_REASON = frozenset({"language", "too many", "anonymous only by proxy"})

# decorators: what stands between `def guard(fn): @wraps(fn) def inner(*args, **kwargs):` and the view
DECORATORS = {
    "verifies": ("verify_jwt_in_request(); return fn(*args, **kwargs)", [("jwt", "required")]),
    "verifies fresh": ("verify_jwt_in_request(fresh=True)\nreturn fn(*args, **kwargs)", [("jwt", "fresh")]),
    "verifies by position": ("verify_jwt_in_request(False, False, True)\nreturn fn(*args)", [("jwt", "refresh")]),
    "verifies optionally": ("verify_jwt_in_request(optional=True)\nreturn fn(*args, **kwargs)", [("jwt", "optional")]),
    "verifies then role": (
        "verify_jwt_in_request()\nif get_jwt().get('role') != 'a':\n    abort(403)\nreturn fn(*args, **kwargs)",
        [("jwt", "required"), ("own", "required")],
    ),
    "swallows": (
        "try:\n    verify_jwt_in_request()\nexcept Exception:\n    pass\nreturn fn()",
        [("jwt", "conditional")],
    ),
    "handler refuses": (
        "try:\n    verify_jwt_in_request()\nexcept Exception:\n    return {'e': 1}, 401\nreturn fn()",
        [("jwt", "required")],
    ),
    "handler raises": (
        "try:\n    verify_jwt_in_request()\nexcept Exception as error:\n    raise Denied from error\nreturn fn()",
        [("jwt", "required")],
    ),
    "handler raises on": (
        "try:\n    verify_jwt_in_request()\nexcept Exception:\n    raise\nfinally:\n    pass\nreturn fn()",
        [("jwt", "required")],
    ),
    "aborts": ("if not session.get('user'):\n    abort(401)\nreturn fn(*args, **kwargs)", [("own", "required")]),
    "aborts in else": ("if session.get('user'):\n    pass\nelse:\n    abort(403)\nreturn fn()", [("own", "required")]),
    "aborts after passing": (
        "if session.get('user'):\n    return fn(*args, **kwargs)\nabort(401)",
        [("own", "required")],
    ),
    "redirects after passing": (
        "if 'user' in session:\n    return fn(*args, **kwargs)\nreturn redirect('/login')",
        [("own", "required")],
    ),
    "raises after passing": (
        "admin = session.get('admin')\nif admin:\n    return fn()\nraise Denied('no')",
        [("own", "required")],
    ),
    "redirects after passing, by method": (
        "if request.args.get('q') != '1':\n    if session.get('u'):\n        return fn()\n    return redirect('/')\nreturn fn()",
        [("own", "conditional")],
    ),
    "returns 401": ("if 'user' not in session:\n    return jsonify(e=1), 401\nreturn fn()", [("own", "required")]),
    "returns made 403": (
        "if 'user' not in session:\n    return make_response('no', 403)\nreturn fn()",
        [("own", "required")],
    ),
    "redirects": ("if session.get('user') is None:\n    return redirect('/login')\nreturn fn()", [("own", "required")]),
    "raises http": ("if not session.get('user'):\n    raise Forbidden()\nreturn fn()", [("own", "required")]),
    "raises own": ("if not session.get('user'):\n    raise Denied('no')\nreturn fn()", [("own", "required")]),
    "key in header": (
        "if request.headers.get('X-API-Key') != 'k':\n    return 'no', 401\nreturn fn()",
        [("own", "required")],
    ),
    "key by helper": ("if not valid_key():\n    return denied()\nreturn fn()", [("own", "required")]),
    "helper demands": ("demand()\nreturn fn()", [("own", "required")]),
    "helper verifies": ("check_token()\nreturn fn()", [("jwt", "required")]),
    "local": ("user = session.get('user')\nif user is None:\n    abort(401)\nreturn fn()", [("own", "required")]),
    "g": ("if not getattr(g, 'user', None) or not g.user:\n    abort(401)\nreturn fn()", [("own", "required")]),
    "hides": ("if not session.get('admin'):\n    abort(404)\nreturn fn()", [("own", "required")]),
    "optional": (
        (
            "token = request.headers.get('Authorization')\nif not token:\n    return fn()\nif token != 't':\n"
            "    abort(401)\nreturn fn()"
        ),
        [("own", "optional")],
    ),
    "not with OPTIONS": (
        "if request.method == 'OPTIONS':\n    return fn()\nif not session.get('u'):\n    abort(401)\nreturn fn()",
        [("own", "required")],
    ),
    "disabled by config": (
        "if current_app.config.get('NO_LOGIN'):\n    return fn()\nif not session.get('u'):\n    abort(401)\nreturn fn()",
        [("own", "required")],
    ),
    "disabled in config": (
        "if app.config['OPEN']:\n    return fn()\nif not session.get('u'):\n    abort(401)\nreturn fn()",
        [],
    ),
    "flag of the module": ("if OPEN:\n    return fn()\nverify_jwt_in_request()\nreturn fn()", []),
    "on weekdays": (
        "if clock() > 5:\n    return fn()\nif not session.get('u'):\n    abort(401)\nreturn fn()",
        [("own", "conditional")],
    ),
    "verifies on weekdays": ("if clock() < 5:\n    verify_jwt_in_request()\nreturn fn()", [("jwt", "conditional")]),
    "library decorator inside": ("return jwt_required()(fn)(*args, **kwargs)", [("jwt", "required")]),
    "counts": ("COUNT.append(1)\nreturn fn(*args, **kwargs)", []),
    "validates": ("if len(request.args) > 9:\n    abort(400)\nreturn fn()", []),
    "times out": ("if clock() > 5:\n    abort(503)\nreturn fn()", []),
    "is limited": ("if session.get('count', 0) > 9:\n    abort(429)\nreturn fn()", []),
    "reads only": ("g.user = session.get('user')\nreturn fn(*args, **kwargs)", []),
    "after the view": ("rv = fn()\nif not session.get('user'):\n    g.anonymous = True\nreturn rv", []),
    "error of another kind": ("if len(request.args) > 9:\n    raise ValueError('x')\nreturn fn()", []),
    "loops": (
        "for role in ('a', 'b'):\n    if session.get(role):\n        return fn()\nabort(403)",
        [("own", "required")],
    ),
    "matches": (
        "match session.get('user'):\n    case None:\n        abort(401)\nreturn fn(*args, **kwargs)",
        [("own", "required")],
    ),
    "with": ("with lock:\n    if not session.get('user'):\n        abort(401)\nreturn fn()", [("own", "required")]),
    "annotated": (
        "user: str | None = session.get('u')\nif not user:\n    abort(401)\nreturn fn()",
        [("own", "required")],
    ),
    "in one expression": ("return fn() if session.get('user') else abort(401)", [("own", "required")]),
    "in one expression, last": ("return ({'e': 1}, 401) if not session.get('user') else fn()", [("own", "required")]),
    "or aborts": ("session.get('user') or abort(401)\nreturn fn()", [("own", "required")]),
    "anonymous only": ("if session.get('user'):\n    return redirect('/')\nreturn fn()", []),
    "anonymous only, in": ("if 'user' in session:\n    return redirect('/')\nreturn fn()", []),
    "anonymous only, aborts": ("if 'user' in session:\n    abort(404)\nreturn fn()", []),
    "banned": ("if session.get('user') == 'eve':\n    return 'no', 403\nreturn fn()", [("own", "optional")]),
    "language": ("if 'lang' not in session:\n    return redirect('/lang')\nreturn fn()", []),
    "etag": ("cache_key = 'k'\nif request.headers.get('If-None-Match'):\n    return '', 304\nreturn fn()", []),
    "header by constant": (
        "if request.headers.get(HEADER) != 'k':\n    abort(403)\nreturn fn()",
        [("own", "required")],
    ),
    "key in query": (
        "if request.args.get('api_key') != 'k':\n    return 'no', 400\nreturn fn()",
        [("own", "required")],
    ),
    "too many": ("if session.get('count') is None:\n    return 'slow', 429\nreturn fn()", []),
    "g by name": ("if not g.get('user'):\n    abort(401)\nreturn fn()", [("own", "required")]),
    "g has not": ("if not hasattr(g, 'user'):\n    return redirect('/')\nreturn fn()", [("own", "required")]),
    "by hand": (
        (
            "token = None\nif 'x-access-token' in request.headers:\n    token = request.headers['x-access-token']\n"
            "if not token:\n    return jsonify(m='missing'), 401\ntry:\n    user = int(token)\n"
            "except ValueError:\n    return jsonify(m='invalid'), 401\nreturn fn()"
        ),
        [("own", "required")],
    ),
    "error of a helper": ("error = problem()\nif error:\n    return error\nreturn fn()", [("own", "required")]),
    "made answer": ("if 'u' not in session:\n    abort(make_response('no', 401))\nreturn fn()", [("own", "required")]),
    "status by name": (
        "from http import HTTPStatus\nif clock() < 5:\n    abort(HTTPStatus.FORBIDDEN)\nreturn fn()",
        [("own", "required")],
    ),
    "raises denying name": ("if clock() < 5:\n    raise NotAllowed\nreturn fn()", [("own", "required")]),
    "raises with code": ("if clock() < 5:\n    raise Problem('no', status=403)\nreturn fn()", [("own", "required")]),
    "unauthorized by manager": (
        "if clock() < 5:\n    return manager.unauthorized()\nreturn fn()",
        [("own", "required")],
    ),
    "anonymous only by helper": ("if me().is_authenticated:\n    return redirect('/')\nreturn fn()", []),
    "anonymous only, forbidden": ("if session.get('user'):\n    return 'no', 403\nreturn fn()", []),
    "answer by name": ("if clock() < 5:\n    return answers.unauthorized()\nreturn fn()", [("own", "required")]),
    "answer by helper": ("if clock() < 5:\n    return made_answer()\nreturn fn()", [("own", "required")]),
    "header by the name of a constant": (
        "if request.headers.get(API_KEY_HEADER) != 'k':\n    abort(403)\nreturn fn()",
        [("own", "required")],
    ),
    "view in a try": ("try:\n    return fn()\nexcept ValueError:\n    return 'no', 400", []),
    "key by generated helper": ("if not by_key():\n    abort(401)\nreturn fn()", [("own", "required")]),
    "loops over roles": (
        "for role in ('a', 'b'):\n    if role not in session.get('roles', ()):\n        abort(403)\nreturn fn()",
        [("own", "required")],
    ),
    "overwrites": (
        "mode = 'x'\nif clock() > 5:\n    mode = 'y'\nif mode == 'x':\n    return fn()\nverify_jwt_in_request()\nreturn fn()",
        [("jwt", "conditional")],
    ),
    "declares": (
        "user: str\nuser = session.get('u')\nif not user:\n    abort(401)\nreturn fn()",
        [("own", "required")],
    ),
    "anonymous only by user": ("if person.is_authenticated:\n    return redirect('/')\nreturn fn()", []),
    "anonymous only by proxy": (
        "verify_jwt_in_request(optional=True)\nif current_user:\n    return redirect('/')\nreturn fn()",
        [("jwt", "optional")],
    ),
    "answers by helper": ("if clock() < 5:\n    return no_entry()\nreturn fn()", [("own", "required")]),
    "raises by status": ("if clock() < 5:\n    raise Problem('no', 403)\nreturn fn()", [("own", "required")]),
    "raises unrelated class": ("if clock() > 5:\n    raise NotReady\nreturn fn()", []),
    "raises what it was given": ("if clock() > 5:\n    raise failure\nreturn fn()", []),
    "raises again without a look": ("try:\n    clock()\nexcept ValueError:\n    raise\nreturn fn()", []),
    "recursive helper": ("again(3)\nreturn fn()", []),
    "generated helper": ("generated()\nreturn fn()", []),
    "calls a library's helper": ("functools.reduce(max, [1])\nreturn fn()", []),
    "wraps in a helper of its own": ("return marked(fn)(*args, **kwargs)", []),
    "two checks": (
        (
            "if clock() > 5:\n    return fn()\nif not session.get('u'):\n    abort(401)\n"
            "if not session.get('v'):\n    abort(403)\nreturn fn()"
        ),
        [("own", "conditional")],
    ),
    "aborts without a code": ("if not session.get('u'):\n    abort(*CODE)\nreturn fn()", [("own", "required")]),
    "says it in words": (
        "if clock() < 5:\n    return Response('no', status='403 FORBIDDEN')\nreturn fn()",
        [("own", "required")],
    ),
    "finally": (
        "try:\n    pass\nfinally:\n    if not session.get('u'):\n        abort(401)\nreturn fn()",
        [("own", "required")],
    ),
    "deletes": ("del COUNT[:]\nreturn fn()", []),
    "optional helper": (
        "token = request.headers.get('Authorization')\nif token is None:\n    return fn()\ndemand()\nreturn fn()",
        [("own", "optional")],
    ),
    "freshness by variable": ("verify_jwt_in_request(fresh=STRICT)\nreturn fn()", [("jwt", "fresh")]),
    "looks while": ("while not session.get('u'):\n    abort(401)\nreturn fn()", [("own", "required")]),
    "yields by lambda": ("later = lambda: abort(401)\nreturn fn()", []),
    "own class": ("if clock() < 5:\n    raise TokenMissing('x')\nreturn fn()", [("own", "required")]),
    "never": ("abort(403)", [("own", "required")]),
}

HELPERS = """
import contextlib
from werkzeug.exceptions import Forbidden, HTTPException

class Denied(HTTPException):
    code = 401

class NotAllowed(Forbidden):
    pass

class Problem(HTTPException):
    code = 500

    def __init__(self, text, status):
        super().__init__(text)
        self.code = status

class NotReady(Exception):
    pass

class TokenMissing(HTTPException):
    status = "401"

    def get_response(self, *args, **kwargs):
        return make_response("no", 401)

class Person:
    is_authenticated = False

person = Person()

def me():
    session.get("user")
    return person

def made_answer():
    answer = make_response("no")
    answer.status_code = 401
    return answer

answers = type("Answers", (), {"unauthorized": partial(make_response, "no", 401)})
API_KEY_HEADER = "X-Partner"
exec("def by_key(): return request.headers.get('X-Key')")
failure = NotReady()
CODE = (401,)
STRICT = True

def no_entry():
    return "no", 403

def again(number):
    return again(number - 1) if number else None

exec("def generated(): return None")

def marked(fn):
    return fn

from werkzeug.wrappers import Response

class Manager:
    def unauthorized(self):
        return "no", 401

manager = Manager()
HEADER = "X-Service-Token"
OPEN = True
COUNT = []
lock = contextlib.nullcontext()
app.config["OPEN"] = True

def clock():
    return 1

def valid_key():
    return request.headers.get("X-Api-Key") == "k"

def denied():
    return {"error": "no"}, 401

def demand():
    if not session.get("user"):
        abort(401)

def problem():
    if "user" not in session:
        return {"error": "no"}, 401
    return None

def check_token():
    verify_jwt_in_request()
"""


@pytest.mark.parametrize("name", DECORATORS)
def test_a_decorator_demands_what_a_request_is_refused_for(name: str, tmp_path: Path) -> None:
    """What a decorator of the project demands is told from its code, and is what really happens."""
    body, expected = DECORATORS[name]
    indented = "\n".join(f"        {line}" for line in body.split("\n"))
    source = f"""{HELPERS}
def guard(fn):
    @wraps(fn)
    def inner(*args, **kwargs):
{indented}
    return inner

@app.get("/x")
@guard
def view():
    return "body"
"""
    module = make(tmp_path, source)
    route = only(module.app)
    assert hows(route) == expected
    assert all(one.name == f"{module.__name__}.guard" for one in route.guards)
    status = module.app.test_client().get("/x").status_code
    if route.exposure == "guarded":
        assert status in REFUSED | {400, 404}
    elif route.exposure in {"open", "optional"} and name not in ANOTHER_REASON:
        assert status == 200


HOOKS = {
    "verifies": ("verify_jwt_in_request()", "guarded", "guarded"),
    "optional": ("verify_jwt_in_request(optional=True)", "optional", "optional"),
    "allowlist": ("if request.endpoint in PUBLIC: return\nverify_jwt_in_request()", "open", "guarded"),
    "allowlist, none": ("if request.endpoint in PUBLIC: return None\nverify_jwt_in_request()", "open", "guarded"),
    "denylist": ("if request.endpoint not in PUBLIC: verify_jwt_in_request()", "open", "guarded"),
    "path": ("if request.path.startswith('/private'):\n    verify_jwt_in_request()", "open", "guarded"),
    "paths": ("if any(request.path.startswith(p) for p in PATHS): return\ncheck()", "open", "guarded"),
    "path is": ("if request.path == '/public': return\nverify_jwt_in_request()", "open", "guarded"),
    "local path": ("path = request.path\nif path in PATHS: return\nverify_jwt_in_request()", "open", "guarded"),
    "rule": ("if request.url_rule.rule == '/public': return\ncheck()", "open", "guarded"),
    "blueprint": ("if request.blueprint != 'b': return\ncheck()", "open", "open"),
    "marked": (
        "view = current_app.view_functions[request.endpoint]\nif getattr(view, 'public', False): return\ncheck()",
        "open",
        "guarded",
    ),
    "marked, got": (
        "if getattr(current_app.view_functions.get(request.endpoint), 'public', False): return\ncheck()",
        "open",
        "guarded",
    ),
    "method": ("if request.method in ('GET', 'HEAD'): return\ncheck()", "open", "open"),
    "session": (
        "if request.endpoint != 'public' and 'user' not in session:\n    return redirect('/')",
        "open",
        "guarded",
    ),
    "returns 401": ("if request.endpoint == 'private' and not session.get('u'): return 'no', 401", "open", "guarded"),
    "unknown": (
        "if request.headers.get('Accept') == 'x/y': return\nverify_jwt_in_request()",
        "conditional",
        "conditional",
    ),
    "loads": ("g.user = session.get('user')", "open", "open"),
    "maintenance": ("if app.config.get('DOWN'):\n    return 'down', 503", "open", "open"),
    "present by truth": ("if is_true():\n    return redirect('/home')", "open", "open"),
    "strangers": ("if is_stranger():\n    return redirect('/login')", "guarded", "guarded"),
    "importing": ("if importing():\n    return 'not now', 403", "conditional", "conditional"),
    "not from here": ("if not from_here():\n    return 'not from there', 403", "guarded", "guarded"),
    "banned": ("if authed():\n    if g.user.banned:\n        return 'banned', 403", "optional", "optional"),
    "greeted": ("if is_known():\n    return redirect('/home')", "open", "open"),
    "redirects the others": ("if session.get('u'):\n    return None\nreturn redirect('/')", "guarded", "guarded"),
    "passes strangers": ("if not session.get('u'):\n    return None\nreturn redirect('/')", "optional", "optional"),
    "too big": ("if (request.content_length or 0) > 10: abort(413)", "open", "open"),
}


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_demands_it_of_some_endpoints(name: str, tmp_path: Path) -> None:
    """A hook with an allowlist guards the other endpoints; the conditions are decided for each route."""
    body, public, private = HOOKS[name]
    indented = "\n".join(f"    {line}" for line in body.split("\n"))
    source = f"""
PUBLIC = frozenset({{"public", "static"}})
PATHS = ("/public", "/static")

def check():
    verify_jwt_in_request()

def importing():
    'Tell whether data is being imported.'
    return bool(current_app.config.get("IMPORTING"))

def from_here():
    return near(1)

def near(number):
    return request.remote_addr == "10.0.0.1"

def authed():
    'Tell whether somebody is logged in.'
    return bool(session.get("id"))

def is_known():
    return "id" in session

def is_stranger():
    user = session.get("id")
    return user is None

def is_true():
    return bool(is_known())

@app.before_request
def hook():
{indented}

@app.get("/public")
def public():
    return "body"
public.public = True

@app.get("/private")
def private():
    return "body"
"""
    module = make(tmp_path, source)
    client = module.app.test_client()
    for rule, expected in (("/public", public), ("/private", private)):
        route = only(module.app, rule)
        assert route.exposure == expected
        status = client.get(rule).status_code
        if expected != "conditional":
            assert (status in REFUSED) is (expected == "guarded")


PREPROCESSORS = {
    "argument": ("if values.get('name'):\n    owner()", ("open", "open", "conditional")),
    "argument taken": ("name = values.pop('name', None)\nif name:\n    owner()", ("open", "open", "conditional")),
    "argument, else": ("if values.get('name', 'me') == 'me':\n    owner()", ("guarded", "guarded", "conditional")),
    "is among them": ("if 'name' in values:\n    owner()", ("open", "open", "guarded")),
    "is not among them": ("if 'name' not in values:\n    owner()", ("guarded", "guarded", "open")),
    "endpoint": ("if endpoint == 'public':\n    return\nowner()", ("open", "guarded", "guarded")),
    "keeps": ("g.values = values", ("open", "open", "open")),
}


@pytest.mark.parametrize("name", PREPROCESSORS)
def test_a_url_value_preprocessor_may_guard(name: str, tmp_path: Path) -> None:
    """What runs on the arguments of a route before its hooks may refuse it as they do."""
    body, expected = PREPROCESSORS[name]
    indented = "\n".join(f"    {line}" for line in body.split("\n"))
    source = f"""
def owner():
    if not session.get('owner'):
        abort(403)

@app.url_value_preprocessor
def pull(endpoint, values):
{indented}

@app.get("/public")
def public():
    return "body"

@app.get("/private")
def private():
    return "body"

@app.get("/of/<path:name>")
def of(name="eve"):
    return "body"
"""
    module = make(tmp_path, source)
    found = tuple(only(module.app, rule).exposure for rule in ("/public", "/private", "/of/<path:name>"))
    assert found == expected
    client = module.app.test_client()
    for rule, exposure in zip(("/public", "/private", "/of/eve"), expected, strict=True):
        if exposure != "conditional":
            assert (client.get(rule).status_code in REFUSED) is (exposure == "guarded")


def test_code_without_source_is_judged_by_what_it_refers_to(tmp_path: Path) -> None:
    """A hook whose source is not at hand may demand something; that it does is not claimed."""
    module = make(
        tmp_path,
        """
        exec(
            "def token(): verify_jwt_in_request()\\n"
            "def person(): return None if session.get('u') else abort(401)\\n"
            "def plain(): return None\\n"
        )
        for name in ("token", "person", "plain"):
            part = Blueprint(name, __name__, url_prefix="/" + name)
            part.before_request(globals()[name])
            part.add_url_rule("/x", "x", lambda: "x")
            app.register_blueprint(part)
        """,
    )
    found = {name: hows(only(module.app, f"/{name}/x")) for name in ("token", "person", "plain")}
    assert found == {"token": [("jwt", "conditional")], "person": [("own", "conditional")], "plain": []}


def test_decorators_that_are_applied_with_each_request(tmp_path: Path) -> None:
    """A method decorator of flask-restful is judged by the function that it makes."""
    module = make(
        tmp_path,
        """
        import flask_restful
        api = flask_restful.Api(app)

        class Needs:
            def __call__(self, fn):
                def inner(*args, **kwargs):
                    if "user" not in session:
                        return {"error": "no"}, 401
                    return fn(*args, **kwargs)
                return inner

            def method(self, fn):
                return self(fn)

        def harmless(fn):
            def first(*args, **kwargs):
                return fn(*args, **kwargs)
            return first

        exec("def generated(fn): return fn")

        DECORATORS = {"a": Needs(), "b": Needs().method, "c": harmless, "d": generated, "e": staticmethod, "f": len}
        for name, decorator in DECORATORS.items():
            kind = type(name, (flask_restful.Resource,), {"get": lambda self: {}, "method_decorators": [decorator]})
            api.add_resource(kind, "/" + name)
        """,
    )
    assert {name: only(module.app, f"/{name}").exposure for name in "abcdef"} == {
        "a": "guarded",
        **dict.fromkeys("bcdef", "open"),
    }


def test_a_view_that_verifies_in_its_body(tmp_path: Path) -> None:
    """A token that the innermost function demands counts; what a login answers to a wrong password does not."""
    module = make(
        tmp_path,
        """
        @app.get("/x")
        def view():
            verify_jwt_in_request()
            return "x"

        @app.post("/login")
        def login():
            if request.form.get("password") != "p":
                return "wrong", 401
            return "x"
        """,
    )
    assert hows(only(module.app)) == [("jwt", "required")]
    assert only(module.app, "/login", "POST").exposure == "open"


CONTEXTS = """
from contextlib import ContextDecorator, contextmanager

class need(ContextDecorator):
    def __enter__(self):
        if "user" not in session:
            abort(401)
    def __exit__(self, *error):
        return False

@contextmanager
def timed():
    yield

@app.get("/x")
@need()
def x(): return "x"

@app.get("/timed")
@timed()
def slow(): return "x"
"""


def test_a_context_decorator_guards_when_it_is_entered(tmp_path: Path) -> None:
    """What `contextlib` puts around a view runs `__enter__` before it; other contexts are no guards."""
    app = make(tmp_path, CONTEXTS).app
    route = only(app)
    assert (hows(route), route.exposure) == ([("own", "required")], "guarded")
    assert route.guards[0].name.endswith(".need")
    assert hows(only(app, "/timed")) == []
    assert [app.test_client().get(path).status_code for path in ("/x", "/timed")] == [401, 200]
