from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support import findings, lines

RULE = "jwt/logout-without-revocation"
HEAD = """\
from datetime import timedelta
from flask import Blueprint, Flask, g, jsonify, redirect, request, session
from flask.views import MethodView
from flask_login import login_required, logout_user
from flask_jwt_extended import JWTManager, create_access_token, get_jwt, jwt_required, unset_jwt_cookies
from flask_jwt_extended import verify_jwt_in_request
app = Flask(__name__)
bp = Blueprint("auth", __name__)
jwt = JWTManager(app)
def login():
    return create_access_token("a")
"""
OUT = "@app.post('/logout')\n@jwt_required()\ndef leave():\n    return jsonify(ok=True)\n"
COOKIE = "@app.post('/logout')\ndef leave():\n    answer = jsonify(ok=True)\n    unset_jwt_cookies(answer)\n    return answer\n"

FIRES: dict[str, tuple[Mapping[str, str] | str, list[str]]] = {
    "guarded": (HEAD + OUT, ["app.py:14 warning"]),
    "not guarded": (HEAD + "@app.get('/logout')\ndef leave():\n    return jsonify(ok=True)\n", ["app.py:13 warning"]),
    "by the view's name": (
        HEAD + "@bp.post('/end')\n@jwt_required()\nasync def sign_out(): ...\n",
        ["app.py:14 warning"],
    ),
    "by the class's name": (
        HEAD + "class UserLogout(MethodView):\n    @jwt_required()\n    def post(self): ...\n",
        ["app.py:14 warning"],
    ),
    "two rules": (
        HEAD + "@app.post('/logout')\n@app.post('/log-out')\n@jwt_required()\ndef leave(): ...\n",
        ["app.py:15 warning"],
    ),
    "stores what nothing reads": (
        HEAD
        + "revoked = set()\n@app.post('/logout')\n@jwt_required()\ndef leave():\n    revoked.add(get_jwt()['jti'])\n",
        ["app.py:15 warning"],
    ),
    "registered twice": (
        HEAD + "@jwt_required()\ndef logout(): ...\napp.add_url_rule('/a', view_func=logout)\n"
        "app.add_url_rule('/b', view_func=logout)\n",
        ["app.py:13 warning"],
    ),
    "cookie with short tokens": (HEAD + COOKIE, ["app.py:13 note"]),
    "cookie with long tokens": (
        HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = timedelta(days=1)\n" + COOKIE,
        ["app.py:14 warning"],
    ),
    "cookie with endless tokens": (
        HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = False\n" + COOKIE,
        ["app.py:14 warning"],
    ),
    "cookie with tokens of half an hour": (
        HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = timedelta(minutes=30)\n" + COOKIE,
        ["app.py:14 note"],
    ),
    "cookie with tokens of seconds": (
        HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = 900\n" + COOKIE,
        ["app.py:14 note"],
    ),
    "cookie with unknown tokens": (
        HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = given()\n" + COOKIE,
        ["app.py:14 warning"],
    ),
    "other checks that look at no jti": (
        HEAD + "def admin(fn):\n    def inner():\n        verify_jwt_in_request()\n        if get_jwt()['role'] != 1:\n"
        "            return '', 403\n        return fn()\n    return inner\n"
        "@app.get('/')\n@admin\ndef home(): ...\n@app.before_request\ndef before():\n    g.x = 1\n"
        "@jwt.user_lookup_loader\ndef load(h, p):\n    return find(p['sub'])\n" + OUT,
        ["app.py:30 warning"],
    ),
    "set of one process": (
        HEAD
        + "revoked = set()\n@jwt.token_in_blocklist_loader\ndef check(h, p):\n    return p['jti'] in revoked\n"
        + OUT,
        ["app.py:15 note"],
    ),
    "dict of one process in another module": (
        {
            "store.py": "REVOKED = {}\n",
            "app.py": HEAD + "from store import REVOKED\n@jwt.token_in_blocklist_loader\n"
            "def check(h, p):\n    return p['jti'] in REVOKED\n",
        },
        ["app.py:15 note"],
    ),
    "list with several workers": (
        {
            "app.py": HEAD
            + "revoked = []\ndef check(h, p):\n    return p['jti'] in revoked\njwt.token_in_blocklist_loader(check)\n",
            "Procfile": "web: gunicorn -w 4 app:app\n",
        },
        ["app.py:14 warning"],
    ),
}
SILENT: dict[str, Mapping[str, str] | str] = {
    "blocklist": HEAD + OUT + "@jwt.token_in_blocklist_loader\ndef check(h, p):\n    return find(p['jti'])\n",
    "blocklist by a call": HEAD + OUT + "jwt.token_in_blocklist_loader(check)\n",
    "blocklist by a lambda": HEAD + OUT + "jwt.token_in_blocklist_loader(lambda h, p: False)\n",
    "blocklist of version 3": HEAD + OUT + "jwt.token_in_blacklist_loader(check)\n",
    "blocklist in a set-up function": HEAD
    + OUT
    + "def setup(jwt):\n    @jwt.token_in_blocklist_loader\n    def check(h, p):\n        return find(p)\n",
    "verification loader": HEAD + OUT + "@jwt.token_verification_loader\ndef check(h, p): ...\n",
    "lookup that looks at a version": HEAD
    + OUT
    + "@jwt.user_lookup_loader\ndef load(h, p):\n    user = find(p['sub'])\n"
    "    return user if user.token_version == p['v'] else None\n",
    "decorator that looks at the jti": HEAD
    + OUT
    + "def guarded(fn):\n    def inner():\n        verify_jwt_in_request()\n        if gone(get_jwt()['jti']):\n"
    "            return '', 401\n        return fn()\n    return inner\n@app.get('/')\n@guarded\ndef home(): ...\n",
    "hook that looks at the jti": HEAD
    + OUT
    + "@app.before_request\ndef check():\n    if gone(get_jwt()['jti']):\n        return '', 401\n",
    "session of Flask-Login": HEAD
    + "@app.get('/logout')\n@login_required\ndef leave():\n    logout_user()\n    return ''\n",
    "session of Flask-Login, not guarded": HEAD
    + "@app.get('/logout')\ndef leave():\n    logout_user()\n    return ''\n",
    "session of Flask": HEAD + "@app.get('/logout')\ndef leave():\n    session.clear()\n    return ''\n",
    "page": HEAD + "@app.get('/logout')\ndef leave():\n    return redirect('/')\n",
    "no logout": HEAD + "@app.get('/')\n@jwt_required()\ndef home(): ...\n",
    "other words": HEAD + "@app.get('/layouts')\n@jwt_required()\ndef blogout(): ...\n@app.get('/catalog/outline')\n"
    "@jwt_required()\ndef catalog_outline(): ...\n",
    "a set-up call without a function": HEAD
    + "@jwt.token_in_blocklist_loader\ndef check(h, p):\n    return p['x'] in A.b\n"
    + OUT,
    "a filled set": HEAD
    + "revoked = {'a'}\n@jwt.token_in_blocklist_loader\ndef check(h, p):\n    return p['jti'] in revoked\n"
    + OUT,
    "no tokens made": HEAD.replace("create_access_token(", "other(") + OUT,
    "no manager": HEAD.replace("jwt = JWTManager(app)\n", "") + OUT,
    "PyJWT": "import jwt\nfrom flask import Flask\napp = Flask(__name__)\n@app.get('/logout')\ndef logout():\n    jwt.encode({})\n",
    "test": {"app.py": HEAD, "tests/test_a.py": HEAD + OUT},
}


@pytest.mark.parametrize(("files", "expected"), FIRES.values(), ids=FIRES)
def test_fires(files: Mapping[str, str] | str, expected: list[str]) -> None:
    """A logout that leaves tokens valid, or forgets that they are not, is found."""
    assert lines(RULE, files) == expected


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_silent(files: Mapping[str, str] | str) -> None:
    """A revocation in any form, and a logout of something else, are not reported."""
    assert lines(RULE, files) == []


def test_unseen_settings_count_as_short() -> None:
    """A cookie's logout is no warning where the lifetime may be set in what cannot be seen."""
    assert lines(RULE, HEAD + "app.config.from_prefixed_env()\n" + COOKIE) == ["app.py:14 note"]


def test_message_names_the_loader_of_the_version() -> None:
    """The message names the manager and the loader that its version has."""
    (one,) = findings(RULE, {"app.py": HEAD + OUT, "requirements.txt": "flask-jwt-extended==3.25\n"})
    assert one.message.endswith("because `jwt` has no `token_in_blacklist_loader`")
