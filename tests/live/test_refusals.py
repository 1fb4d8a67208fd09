"""What hooks and decorators of a project demand, compared with what a request without any identity gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.making import hows, make, only

REFUSED = frozenset({301, 302, 401, 403})

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
        "token = request.headers.get('Authorization')\nif not token:\n    return fn()\nif token != 't':\n"
        "    abort(401)\nreturn fn()",
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
    "never": ("abort(403)", [("own", "required")]),
}

HELPERS = """
import contextlib
from werkzeug.exceptions import Forbidden, HTTPException

class Denied(HTTPException):
    code = 401

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
        assert status in REFUSED | {404}
    elif route.exposure in {"open", "optional"}:
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
