from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support import findings, lines

RULE = "jwt/refresh-endpoint-wrong-guard"
HEAD = """\
from flask import Blueprint, Flask, jsonify, request
from flask.views import MethodView
from flask_restful import Resource
from flask_jwt_extended import (
    create_access_token, create_refresh_token, current_user, decode_token, get_jwt, get_jwt_identity, jwt_required,
    verify_jwt_in_request)
app = Flask(__name__)
bp = Blueprint("auth", __name__)
"""
NEW = "    return create_access_token(get_jwt_identity())\n"
ISSUE = "def login():\n    return create_refresh_token('a')\n"

FIRES: dict[str, tuple[Mapping[str, str] | str, list[str]]] = {
    "plain guard": (HEAD + "@app.post('/refresh')\n@jwt_required()\ndef f():\n" + NEW, ["app.py:10 error"]),
    "by the view's name": (HEAD + "@bp.get('/t')\n@jwt_required()\ndef renew_token():\n" + NEW, ["app.py:10 error"]),
    "async": (HEAD + "@bp.get('/refresh')\n@jwt_required()\nasync def f():\n" + NEW, ["app.py:10 error"]),
    "refresh=False": (
        HEAD + "@app.post('/refresh')\n@jwt_required(refresh=False)\ndef f():\n" + NEW,
        ["app.py:10 error"],
    ),
    "optional": (HEAD + "@app.post('/refresh')\n@jwt_required(True)\ndef f():\n" + NEW, ["app.py:10 error"]),
    "any type": (
        HEAD + "@app.post('/refresh')\n@jwt_required(refresh=True, verify_type=False)\ndef f():\n" + NEW,
        ["app.py:10 error"],
    ),
    "MethodView": (
        HEAD + "@bp.route('/refresh')\nclass T(MethodView):\n    @jwt_required()\n    def post(self):\n    " + NEW,
        ["app.py:11 error"],
    ),
    "Resource by its name": (
        HEAD + "class TokenRefresh(Resource):\n    @jwt_required()\n    def post(self):\n    " + NEW,
        ["app.py:10 error"],
    ),
    "decorators of the class": (
        HEAD + "class TokenRefresh(MethodView):\n    decorators = [jwt_required()]\n    def post(self):\n    " + NEW,
        ["app.py:10 error"],
    ),
    "decorators of a base in another module": (
        {
            "base.py": "from flask.views import MethodView\nfrom flask_jwt_extended import jwt_required\n"
            "class Base(MethodView):\n    decorators = [jwt_required()]\n",
            "app.py": HEAD + "from base import Base\nclass TokenRefresh(Base):\n    def post(self):\n    " + NEW,
        },
        ["app.py:11 error"],
    ),
    "own decorator": (
        HEAD
        + "def guarded(fn):\n    def inner():\n        verify_jwt_in_request()\n        return fn()\n    return inner\n"
        "@app.post('/refresh')\n@guarded\ndef f():\n" + NEW,
        ["app.py:15 error"],
    ),
    "own decorator with a decorator inside": (
        HEAD + "def guarded(fn):\n    @jwt_required()\n    def inner():\n        return fn()\n    return inner\n"
        "@app.post('/refresh')\n@guarded\ndef f():\n" + NEW,
        ["app.py:15 error"],
    ),
    "checked in the view": (
        HEAD + "@app.post('/refresh')\ndef f():\n    verify_jwt_in_request()\n" + NEW,
        ["app.py:10 error"],
    ),
    "token made by a helper": (
        HEAD + "def make(who):\n    return create_access_token(who)\n"
        "@app.post('/refresh')\n@jwt_required()\ndef f():\n    return make(get_jwt_identity())\n",
        ["app.py:12 error"],
    ),
    "version 3": (
        {
            "app.py": HEAD + "@app.post('/refresh')\n@jwt_required\ndef f():\n" + NEW,
            "requirements.txt": "flask-jwt-extended==3.14.0\n",
        },
        ["app.py:10 error"],
    ),
    "a view that only renews": (HEAD + "@app.get('/validate')\n@jwt_required()\ndef f():\n" + NEW, ["app.py:10 error"]),
    "a method that only renews": (
        HEAD + "class T(MethodView):\n    @jwt_required()\n    def get(self):\n"
        "        return create_access_token(identity=str(current_user.id))\n",
        ["app.py:10 error"],
    ),
    "fresh": (
        HEAD + "@app.post('/refresh')\n@jwt_required(refresh=True)\ndef f():\n"
        "    return create_access_token(get_jwt_identity(), fresh=True)\n",
        ["app.py:12 error"],
    ),
    "a view that only renews, with variables": (
        HEAD + "@app.get('/me')\n@jwt_required()\ndef f():\n    who = get_jwt_identity()\n"
        "    return jsonify(t=create_access_token(who))\n",
        ["app.py:10 error"],
    ),
    "own decorator beside other guards": (
        {
            "app.py": HEAD
            + "def guarded(fn):\n    def inner():\n        verify_jwt_in_request()\n        return fn()\n    return inner\n"
            "@app.post('/refresh')\n@guarded\ndef f():\n" + NEW,
            "views.py": "from flask_jwt_extended import jwt_required\n@jwt_required(refresh=True)\ndef g(): ...\n",
        },
        ["app.py:15 error"],
    ),
    "accepted in tests only": (
        {
            "app.py": HEAD + ISSUE,
            "tests/test_a.py": "from flask_jwt_extended import jwt_required\n@jwt_required(refresh=True)\ndef g(): ...\n",
        },
        ["app.py:10 warning"],
    ),
    "accepted nowhere": (HEAD + ISSUE, ["app.py:10 warning"]),
    "accepted nowhere, at module level": (HEAD + "t = create_refresh_token('a')\n", ["app.py:9 warning"]),
    "accepted nowhere, guards are for access": (
        HEAD + ISSUE + "@app.get('/')\n@jwt_required()\ndef f(): ...\n",
        ["app.py:10 warning"],
    ),
    "accepted nowhere, issued twice": (
        HEAD + ISSUE + "def again():\n    create_refresh_token('a')\n",
        ["app.py:10 warning"],
    ),
}
SILENT: dict[str, Mapping[str, str] | str] = {
    "right": HEAD + ISSUE + "@app.post('/refresh')\n@jwt_required(refresh=True)\ndef f():\n" + NEW,
    "positional": HEAD + ISSUE + "@app.post('/refresh')\n@jwt_required(False, False, True)\ndef f():\n" + NEW,
    "right under version 3": {
        "app.py": "from flask import Flask\nfrom flask_jwt_extended import create_access_token, get_jwt_identity\n"
        "from flask_jwt_extended import create_refresh_token, jwt_refresh_token_required\napp = Flask(__name__)\n"
        + ISSUE
        + "@app.post('/refresh')\n@jwt_refresh_token_required\ndef f():\n"
        + NEW,
    },
    "right in a class": HEAD
    + "class Refresh(MethodView):\n    @jwt_required(refresh=True)\n    def post(self):\n    "
    + NEW,
    "right by a variable": HEAD
    + "needed = jwt_required(refresh=True)\n@app.post('/refresh')\n@needed\ndef f():\n"
    + NEW,
    "right in an own decorator": HEAD
    + "def guarded(fn):\n    def inner():\n        verify_jwt_in_request(refresh=True)\n        return fn()\n    return inner\n"
    "@app.post('/refresh')\n@guarded\ndef f():\n" + NEW,
    "own decorator that takes the kind": HEAD
    + "def guarded(kind):\n    def outer(fn):\n        def inner():\n            verify_jwt_in_request(refresh=kind)\n"
    "            return fn()\n        return inner\n    return outer\n@app.post('/refresh')\n@guarded(True)\ndef f():\n"
    + NEW,
    "own decorator by a hidden check": {
        "app.py": HEAD + "from flask_jwt_extended import verify_fresh_jwt_in_request\n"
        "def guarded(fn):\n    def inner():\n        verify_fresh_jwt_in_request()\n        return fn()\n    return inner\n"
        "@app.post('/refresh')\n@guarded\ndef f():\n" + NEW
    },
    "flag unknown": HEAD + "@app.post('/refresh')\n@jwt_required(refresh=FLAG)\ndef f():\n" + NEW,
    "type check unknown": HEAD + "@app.post('/refresh')\n@jwt_required(verify_type=FLAG)\ndef f():\n" + NEW,
    "options hidden": HEAD + ISSUE + "@app.post('/refresh')\n@jwt_required(**OPTIONS)\ndef f():\n" + NEW,
    "checked in the view": HEAD + "@app.post('/refresh')\ndef f():\n    verify_jwt_in_request(refresh=True)\n" + NEW,
    "tokens checked by hand": HEAD + ISSUE + "@app.post('/refresh')\ndef f():\n"
    "    return create_access_token(decode_token(request.json['token'])['sub'])\n",
    "unguarded refresh endpoint": HEAD
    + ISSUE
    + "@app.post('/refresh')\ndef f():\n    return create_access_token(find())\n",
    "refresh that makes no token": HEAD + "@app.post('/refresh')\n@jwt_required()\ndef f():\n    return reload()\n",
    "logout takes refresh tokens": HEAD + ISSUE + "@app.post('/logout')\n@jwt_required(refresh=True)\ndef f(): ...\n",
    "any type accepted somewhere": HEAD
    + ISSUE
    + "@app.post('/logout')\n@jwt_required(verify_type=False)\ndef f(): ...\n",
    "accepted in a list": HEAD + ISSUE + "class T(MethodView):\n    decorators = [jwt_required(refresh=True)]\n",
    "login": HEAD + "@app.post('/login')\ndef f():\n    return create_access_token(request.json['name'], fresh=True)\n",
    "other claims": HEAD + "@app.post('/team')\n@jwt_required()\ndef f():\n"
    "    return create_access_token(get_jwt_identity(), additional_claims={'team': 1})\n",
    "for a parameter": HEAD + "@app.post('/team/<t>')\n@jwt_required()\ndef f(t):\n" + NEW,
    "for what the request says": HEAD + "@app.post('/team')\n@jwt_required()\ndef f():\n    request.json\n" + NEW,
    "after a change": HEAD + "@app.post('/me')\n@jwt_required()\ndef f():\n    db.session.commit()\n" + NEW,
    "for somebody else": HEAD
    + "@app.post('/as')\n@jwt_required()\ndef f():\n    return create_access_token(other())\n",
    "no identity in sight": HEAD
    + "@app.post('/as')\n@jwt_required()\ndef f():\n    return create_access_token(who=1)\n",
    "two tokens": HEAD
    + "@app.post('/as')\n@jwt_required()\ndef f():\n    create_access_token(get_jwt_identity())\n"
    + NEW,
    "fresh after a password": HEAD + "@app.post('/refresh')\n@jwt_required(refresh=True)\ndef f():\n"
    "    check_password(request.json['password'])\n    return create_access_token(get_jwt_identity(), fresh=True)\n",
    "not fresh": HEAD + "@app.post('/refresh')\n@jwt_required(refresh=True)\ndef f():\n"
    "    return create_access_token(get_jwt_identity(), fresh=False)\n",
    "documented hook": HEAD
    + "@app.after_request\ndef refresh_expiring(response):\n    create_access_token(get_jwt_identity())\n"
    "    return response\n",
    "test": {"app.py": HEAD, "tests/test_a.py": HEAD + "@app.post('/refresh')\n@jwt_required()\ndef f():\n" + NEW},
    "own function of the same name": HEAD.replace("create_access_token,", "")
    + "def create_access_token(who): ...\n@app.post('/refresh')\n@jwt_required()\ndef f():\n"
    + NEW,
    "no Flask-JWT-Extended": "from flask import Flask\napp = Flask(__name__)\n@app.post('/refresh')\ndef f(): ...\n",
}


@pytest.mark.parametrize(("files", "expected"), FIRES.values(), ids=FIRES)
def test_fires(files: Mapping[str, str] | str, expected: list[str]) -> None:
    """A refresh endpoint with the wrong guard is found, and so are refresh tokens that nothing accepts."""
    assert lines(RULE, files) == expected


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_silent(files: Mapping[str, str] | str) -> None:
    """Right guards, unknown guards, and tokens made for another purpose are not reported."""
    assert lines(RULE, files) == []


@pytest.mark.parametrize(
    ("guard", "said"),
    [
        ("jwt_required()", "gives new access tokens for access tokens and not for refresh tokens: "),
        ("jwt_required(refresh=True, verify_type=False)", "gives new access tokens for access tokens as well: "),
    ],
)
def test_message_says_what_is_accepted(guard: str, said: str) -> None:
    """The message says which tokens the endpoint takes, and where the new one is made."""
    (one,) = findings(RULE, HEAD + f"@app.post('/refresh')\n@{guard}\ndef f():\n" + NEW + ISSUE)
    assert said in one.message
    assert one.related[0].place.line == 12
    assert one.help == "guard it with `@jwt_required(refresh=True)`"


def test_help_where_no_refresh_token_is_issued() -> None:
    """Where the project makes no refresh token the help says to issue one, and the message does not speak of them."""
    (one,) = findings(RULE, HEAD + "@app.post('/refresh')\n@jwt_required()\ndef f():\n" + NEW)
    assert "refresh tokens" not in one.message
    assert one.help.startswith("issue a refresh token at login")
    assert one.help.endswith("guard this with `@jwt_required(refresh=True)`")


def test_a_guard_without_a_call_is_told_elsewhere() -> None:
    """A bare guard lets nobody in, which is another rule's to tell; under version 3 it is the right spelling."""
    app = """
        from flask import Flask
        from flask_jwt_extended import JWTManager, create_access_token, get_jwt_identity, jwt_required
        app = Flask(__name__)
        jwt = JWTManager(app)
        @app.post("/refresh")
        @jwt_required
        def refresh():
            return create_access_token(get_jwt_identity())
    """
    assert lines(RULE, {"app.py": app}) == []
    assert lines(RULE, {"app.py": app, "requirements.txt": "flask-jwt-extended==3.25.0"}) == ["app.py:6 error"]
