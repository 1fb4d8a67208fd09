from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support import findings, lines

RULE = "jwt/options-route-skips-jwt"
HEAD = (
    "from flask import Blueprint, Flask, request\n"
    "from flask_jwt_extended import get_jwt_identity, jwt_required, verify_jwt_in_request\n"
    "app = Flask(__name__)\nbp = Blueprint('a', __name__)\n"
)
BOTH = "@app.route('/', methods=['GET', 'OPTIONS'])\n"
VIEWS = "from flask.views import MethodView, View\nfrom flask_restful import Resource\ndef rows(): ...\n"

FIRES: dict[str, tuple[Mapping[str, str] | str, list[str]]] = {
    "app": (HEAD + BOTH + "@jwt_required()\ndef me():\n    return rows()\n", ["app.py:7"]),
    "blueprint, async, lower case": (
        HEAD + "@bp.route('/', methods=('get', 'options'))\n@jwt_required()\nasync def me(): ...\n",
        ["app.py:7"],
    ),
    "methods in a variable": (
        HEAD + "METHODS = ['POST', 'OPTIONS']\n@app.route('/', methods=METHODS)\n@jwt_required()\ndef me(): ...\n",
        ["app.py:8"],
    ),
    "refresh tokens": (HEAD + BOTH + "@jwt_required(refresh=True)\ndef me(): ...\n", ["app.py:7"]),
    "add_url_rule": (
        HEAD + "@jwt_required()\ndef me(): ...\napp.add_url_rule('/', view_func=me, methods=['GET', 'OPTIONS'])\n",
        ["app.py:6"],
    ),
    "own decorator": (
        HEAD
        + "def admin(fn):\n    def inner():\n        verify_jwt_in_request()\n        return fn()\n    return inner\n"
        + BOTH
        + "@admin\ndef me(): ...\n",
        ["app.py:12"],
    ),
    "version 3": (
        HEAD.replace("jwt_required,", "fresh_jwt_required,") + BOTH + "@fresh_jwt_required\ndef me(): ...\n",
        ["app.py:7"],
    ),
    "hook of the app": (
        HEAD + "@app.before_request\ndef check():\n    verify_jwt_in_request()\n" + BOTH + "def me(): ...\n",
        ["app.py:9"],
    ),
    "hook of the blueprint": (
        HEAD + "@bp.before_request\ndef check():\n    print()\n    verify_jwt_in_request()\n    return\n"
        "@bp.route('/', methods=['OPTIONS', 'GET'])\ndef me(): ...\n",
        ["app.py:11"],
    ),
    "cross_origin that leaves OPTIONS to the view": (
        "from flask_cors import cross_origin\n"
        + HEAD
        + BOTH
        + "@cross_origin(automatic_options=False)\n@jwt_required()\ndef me(): ...\n",
        ["app.py:9"],
    ),
    "dispatch_request of a View": (
        HEAD + VIEWS + "class Me(View):\n    decorators = [jwt_required()]\n    def dispatch_request(self): ...\n"
        "app.add_url_rule('/', view_func=Me.as_view('me'), methods=['GET', 'OPTIONS'])\n",
        ["app.py:10"],
    ),
    "options method that passes on": (
        HEAD + VIEWS + "class Me(MethodView):\n    decorators = [jwt_required()]\n    def get(self): ...\n"
        "    def options(self):\n        return self.get()\n",
        ["app.py:11"],
    ),
    "options method with data": (
        HEAD + VIEWS + "class Me(Resource):\n    @jwt_required()\n    def options(self):\n        return rows()\n",
        ["app.py:10"],
    ),
    "options method that asks who it is": (
        HEAD
        + VIEWS
        + "class Me(Resource):\n    @jwt_required()\n    def options(self):\n        return get_jwt_identity()\n",
        ["app.py:10"],
    ),
}
SILENT: dict[str, Mapping[str, str] | str] = {
    "no OPTIONS": HEAD + "@app.route('/', methods=['GET', 'POST'])\n@jwt_required()\ndef me(): ...\n",
    "no methods": HEAD + "@app.route('/')\n@jwt_required()\ndef me(): ...\n",
    "methods unknown": HEAD + "@app.route('/', methods=given())\n@jwt_required()\ndef me(): ...\n",
    "no guard": HEAD + BOTH + "def me(): ...\n",
    "guard of Flask-Login": HEAD
    + "from flask_login import login_required\n"
    + BOTH
    + "@login_required\ndef me(): ...\n",
    "guard of PyJWT": HEAD
    + "import jwt\ndef token(fn):\n    def inner():\n        jwt.decode(request.headers['a'], 'key')\n"
    "        return fn()\n    return inner\n" + BOTH + "@token\ndef me(): ...\n",
    "optional": HEAD + BOTH + "@jwt_required(optional=True)\ndef me(): ...\n",
    "own optional decorator": HEAD + "def maybe(fn):\n    def inner():\n        verify_jwt_in_request(optional=True)\n"
    "        return fn()\n    return inner\n" + BOTH + "@maybe\ndef me(): ...\n",
    "guard above the route": HEAD + "@jwt_required()\n" + BOTH + "def me(): ...\n",
    "the view looks at the method": HEAD
    + BOTH
    + "@jwt_required()\ndef me():\n    if request.method == 'OPTIONS':\n        return ''\n    return rows()\n",
    "the own decorator looks at the method": HEAD
    + "def admin(fn):\n    def inner():\n        if request.method == 'OPTIONS':\n"
    "            return ''\n        verify_jwt_in_request()\n        return fn()\n    return inner\n"
    + BOTH
    + "@admin\ndef me(): ...\n",
    "cross_origin": "from flask_cors import cross_origin\n"
    + HEAD
    + BOTH
    + "@cross_origin()\n@jwt_required()\ndef me(): ...\n",
    "cross_origin inside": "from flask_cors import cross_origin\n"
    + HEAD
    + BOTH
    + "@jwt_required()\n@cross_origin(supports_credentials=True)\ndef me(): ...\n",
    "hook that lets some pass": HEAD + "@app.before_request\ndef check():\n    if request.endpoint != 'me':\n"
    "        verify_jwt_in_request()\n" + BOTH + "def me(): ...\n",
    "hook of another kind": HEAD
    + "from flask import abort\n@app.before_request\ndef check():\n    abort(401)\n"
    + BOTH
    + "def me(): ...\n",
    "options method that only answers": HEAD + VIEWS + "class Me(MethodView):\n    decorators = [jwt_required()]\n"
    "    def get(self): ...\n    def options(self):\n        return '', 204\n",
    "options method that builds an answer": HEAD + VIEWS + "from flask import make_response\nclass Me(MethodView):\n"
    "    decorators = [jwt_required()]\n    def options(self):\n        answer = make_response('')\n        return answer\n",
    "test": {"tests/test_a.py": HEAD + BOTH + "@jwt_required()\ndef me(): ...\n"},
    "Flask-JWT": HEAD.replace("flask_jwt_extended", "flask_jwt") + BOTH + "@jwt_required()\ndef me(): ...\n",
}


@pytest.mark.parametrize(("files", "expected"), FIRES.values(), ids=FIRES)
def test_fires(files: Mapping[str, str] | str, expected: list[str]) -> None:
    """A guarded view that runs for OPTIONS is found, however it is registered and guarded."""
    assert lines(RULE, files) == [f"{one} error" for one in expected]


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_silent(files: Mapping[str, str] | str) -> None:
    """Views that do not run for OPTIONS, tell it apart, or are open anyway are not reported."""
    assert lines(RULE, files) == []


def test_message_says_what_the_caller_gets() -> None:
    """The message says whether OPTIONS is answered with data or with a 500."""
    (one,) = findings(RULE, HEAD + BOTH + "@jwt_required()\ndef me():\n    return rows()\n")
    assert one.message == "`me()` lists OPTIONS, for which `@jwt_required()` checks no token: the view answers anyone"
    (one,) = findings(RULE, HEAD + BOTH + "@jwt_required()\ndef me():\n    return get_jwt_identity()\n")
    assert one.message.endswith("its request for the identity ends in a 500")
