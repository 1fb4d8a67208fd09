from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support import findings, lines

RULE = "jwt/required-without-call"
HEAD = "from flask import Flask\nfrom flask_jwt_extended import jwt_required\napp = Flask(__name__)\n"

FIRES: dict[str, tuple[Mapping[str, str] | str, list[str]]] = {
    "app route": (HEAD + "@app.get('/')\n@jwt_required\ndef me(): ...\n", ["app.py:5"]),
    "async view": (HEAD + "@app.get('/')\n@jwt_required\nasync def me(): ...\n", ["app.py:5"]),
    "two views": (
        HEAD + "@app.get('/')\n@jwt_required\ndef me(): ...\n@app.get('/b')\n@jwt_required\ndef b(): ...\n",
        ["app.py:5", "app.py:8"],
    ),
    "module attribute": (
        (
            "import flask_jwt_extended as fje\nfrom flask import Blueprint\nbp = Blueprint('a', __name__)\n"
            "@bp.route('/')\n@fje.jwt_required\ndef me(): ...\n"
        ),
        ["app.py:5"],
    ),
    "renamed import": (
        "from flask_jwt_extended import jwt_required as protected\n@protected\ndef me(): ...\n",
        ["app.py:2"],
    ),
    "old home of the name": (
        "from flask_jwt_extended.view_decorators import jwt_required\n@jwt_required\ndef me(): ...\n",
        ["app.py:2"],
    ),
    "variable of another module": (
        {
            "guard.py": "from flask_jwt_extended import jwt_required\nlogin_needed = jwt_required\n",
            "views.py": "from guard import login_needed\n@login_needed\ndef me(): ...\n",
        },
        ["views.py:2"],
    ),
    "re-exported by a package": (
        {
            "shop/__init__.py": "from flask_jwt_extended import jwt_required\n",
            "shop/views.py": "from shop import jwt_required\n@jwt_required\ndef me(): ...\n",
        },
        ["shop/views.py:2"],
    ),
    "list of a MethodView": (
        (
            "from flask.views import MethodView\nfrom flask_jwt_extended import jwt_required\n"
            "class Me(MethodView):\n    decorators = [jwt_required]\n    def get(self): ...\n"
        ),
        ["app.py:4"],
    ),
    "tuple of a Resource": (
        (
            "from flask_restful import Resource\nfrom flask_jwt_extended import jwt_required\n"
            "class Me(Resource):\n    method_decorators = (jwt_required,)\n    def get(self): ...\n"
        ),
        ["app.py:4"],
    ),
    "table of a Resource": (
        (
            "from flask_restful import Resource\nfrom flask_jwt_extended import jwt_required\n"
            "class Me(Resource):\n    method_decorators = {'get': [jwt_required]}\n    def get(self): ...\n"
        ),
        ["app.py:4"],
    ),
    "decorators of an Api": (
        HEAD + "from flask_restful import Api\napi = Api(app, decorators=[jwt_required])\n",
        ["app.py:5"],
    ),
    "method of a restx Resource": (
        (
            "from flask_restx import Namespace, Resource\nfrom flask_jwt_extended import jwt_required\n"
            "ns = Namespace('a')\n@ns.route('/')\nclass Me(Resource):\n    @jwt_required\n    def get(self): ...\n"
        ),
        ["app.py:6"],
    ),
    "method of a smorest MethodView": (
        (
            "from flask.views import MethodView\nfrom flask_smorest import Blueprint\n"
            "from flask_jwt_extended import jwt_required\nblp = Blueprint('a', __name__)\n"
            "@blp.route('/')\nclass Me(MethodView):\n    @blp.response(200)\n    @jwt_required\n    def get(self): ...\n"
        ),
        ["app.py:8"],
    ),
    "APIFlask": (
        (
            "from apiflask import APIFlask\nfrom flask_jwt_extended import jwt_required\napp = APIFlask(__name__)\n"
            "@app.get('/')\n@app.output({})\n@jwt_required\ndef me(): ...\n"
        ),
        ["app.py:6"],
    ),
    "inside an own decorator": (
        (
            "from functools import wraps\nfrom flask_jwt_extended import jwt_required\n"
            "def admin(fn):\n    @wraps(fn)\n    @jwt_required\n    def inner(*a):\n        return fn(*a)\n    return inner\n"
        ),
        ["app.py:5"],
    ),
    "a view given by hand": (
        HEAD + "def me(): ...\napp.add_url_rule('/', view_func=jwt_required(me))\n",
        ["app.py:5"],
    ),
    "as_view given by hand": (
        HEAD + "from flask.views import MethodView\nclass Me(MethodView): ...\n"
        "app.add_url_rule('/', view_func=jwt_required(Me.as_view('me')))\n",
        ["app.py:6"],
    ),
    "a lambda given by hand": (HEAD + "app.add_url_rule('/', 'x', jwt_required(lambda: 'x'))\n", ["app.py:4"]),
    "a parameter given by hand": (HEAD + "def protected(fn):\n    return jwt_required(fn)\n", ["app.py:5"]),
    "pinned to 4": (
        {"app.py": HEAD + "@jwt_required\ndef me(): ...\n", "requirements.txt": "flask-jwt-extended==4.6.0\n"},
        ["app.py:4"],
    ),
    "version 3 names, but pinned to 4": (
        {
            "app.py": HEAD + "from flask_jwt_extended import jwt_optional\n@jwt_required\ndef me(): ...\n",
            "requirements.txt": "Flask-JWT-Extended>=4.0\n",
        },
        ["app.py:5"],
    ),
    "class attribute": (
        HEAD + "class Guards:\n    need = jwt_required\n@app.get('/')\n@Guards.need\ndef me(): ...\n",
        ["app.py:7"],
    ),
    "version 3 names only in tests": (
        {
            "app.py": HEAD + "@jwt_required\ndef me(): ...\n",
            "tests/test_a.py": "from flask_jwt_extended import get_raw_jwt\n",
        },
        ["app.py:4"],
    ),
}

SILENT: dict[str, Mapping[str, str] | str] = {
    "called": HEAD + "@app.get('/')\n@jwt_required()\ndef me(): ...\n",
    "called with options": HEAD + "@app.get('/')\n@jwt_required(refresh=True)\ndef me(): ...\n",
    "called positionally": HEAD + "OPEN = True\n@app.get('/')\n@jwt_required(OPEN)\ndef me(): ...\n",
    "class attribute called": HEAD
    + "class Guards:\n    need = jwt_required\n@app.get('/')\n@Guards.need()\ndef me(): ...\n",
    "class attribute holds the made decorator": HEAD
    + "class Guards:\n    need = jwt_required()\n@app.get('/')\n@Guards.need\ndef me(): ...\n",
    "class attribute set twice": HEAD
    + "class Guards:\n    need = jwt_required\n    need = other\n@app.get('/')\n@Guards.need\ndef me(): ...\n",
    "attribute of another class": HEAD
    + "class Guards:\n    need = jwt_required\n@app.get('/')\n@Others.need\ndef me(): ...\n",
    "called in a list": HEAD
    + "class Me:\n    decorators = [jwt_required()]\n    method_decorators = {'get': [jwt_required()]}\n",
    "variable holds the made decorator": HEAD + "needed = jwt_required()\n@needed\ndef me(): ...\n",
    "applied by hand": HEAD + "def me(): ...\napp.add_url_rule('/', view_func=jwt_required()(me))\n",
    "Flask-JWT": "from flask_jwt import jwt_required\n@jwt_required\ndef me(): ...\n",
    "own decorator of the same name": (
        "from flask_jwt_extended import verify_jwt_in_request\n"
        "def jwt_required(fn):\n    def inner():\n        verify_jwt_in_request()\n        return fn()\n    return inner\n"
        "@jwt_required\ndef me(): ...\nclass A:\n    decorators = (jwt_required,)\n"
    ),
    "own decorator of another module": {
        "perms.py": "from flask_jwt_extended import verify_jwt_in_request\ndef jwt_required(fn): return fn\n",
        "views.py": "from perms import jwt_required\n@jwt_required\ndef me(): ...\n",
    },
    "unknown decorator of the same name": "from flask_jwt_extended import JWTManager\nfrom company.auth import jwt_required\n"
    "@jwt_required\ndef me(): ...\n",
    "pinned to 3": {
        "app.py": HEAD + "@jwt_required\ndef me(): ...\n",
        "requirements.txt": "flask-jwt-extended==3.25.0\n",
    },
    "below 4": {
        "app.py": HEAD + "@jwt_required\ndef me(): ...\n",
        "Pipfile": '[packages]\nflask-jwt-extended = "<4"\n',
    },
    "lock file says 3": {
        "app.py": HEAD + "@jwt_required\ndef me(): ...\n",
        "Pipfile": '[packages]\nflask-jwt-extended = "*"\n',
        "pipfile.lock": '{"default": {"flask-jwt-extended": {"version": "==3.10.0"}}}',
    },
    "unpinned, with names of version 3": {
        "app.py": HEAD + "@jwt_required\ndef me(): ...\n",
        "auth.py": "from flask_jwt_extended import jwt_refresh_token_required\n",
    },
    "unpinned, with a loader of version 3": HEAD
    + "from flask_jwt_extended import JWTManager\njwt = JWTManager(app)\n@jwt.user_loader_callback_loader\n"
    "def load(i): ...\n@jwt_required\ndef me(): ...\n",
    "unpinned, with a loader of version 3 registered by a call": HEAD
    + "from flask_jwt_extended import JWTManager\njwt = JWTManager(app)\njwt.token_in_blacklist_loader(print)\n"
    "@jwt_required\ndef me(): ...\n",
    "test module": {"tests/test_app.py": HEAD + "@app.get('/')\n@jwt_required\ndef me(): ...\n"},
    "passed on to something that calls it": HEAD + "wrap(jwt_required)\nguards = {'jwt': jwt_required}\n",
    "a value that is no view": HEAD + "setup(decorator=jwt_required(optional))\nx = jwt_required(1)\n",
    "other lists": HEAD + "class Me:\n    helpers = [jwt_required]\n    decorators = MORE\n",
    "no Flask-JWT-Extended": "@jwt_required\ndef me(): ...\n",
}


@pytest.mark.parametrize(("files", "expected"), FIRES.values(), ids=FIRES)
def test_fires(files: Mapping[str, str] | str, expected: list[str]) -> None:
    """A jwt_required that is not called is found in every place where it decorates."""
    assert lines(RULE, files) == [f"{one} error" for one in expected]


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_silent(files: Mapping[str, str] | str) -> None:
    """What is called, belongs to somebody else, or runs under version 3 is not reported."""
    assert lines(RULE, files) == []


def test_message_names_the_view_and_the_spelling() -> None:
    """The message names the view and the decorator as the user spells them."""
    (one,) = findings(RULE, "import flask_jwt_extended as f\n@f.jwt_required\ndef me(): ...\n")
    assert one.message.startswith("`jwt_required` is not called before it decorates `me()`: ")
    assert one.symbol == "app:me"
