from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.rules.fixing import fixed, fixes
from tests.support import findings, lines

RULE = "jwt/verify-returned-from-before-request"
HEAD = """\
from flask import Blueprint, Flask, g, request
from flask_jwt_extended import get_jwt_identity, jwt_required, verify_jwt_in_request
app = Flask(__name__)
bp = Blueprint("bp", __name__)
OPEN = {"login"}
"""

FIRES: dict[str, tuple[Mapping[str, str] | str, list[int]]] = {
    "hook of the app": (HEAD + "@app.before_request\ndef check():\n    return verify_jwt_in_request()", [8]),
    "hook of a blueprint": (HEAD + "@bp.before_request\ndef check():\n    return verify_jwt_in_request()", [8]),
    "hook for all": (
        HEAD + "@bp.before_app_request\ndef check():\n    return verify_jwt_in_request(optional=True)",
        [8],
    ),
    "async hook": (HEAD + "@app.before_request\nasync def check():\n    return verify_jwt_in_request()", [8]),
    "registered by a call": (HEAD + "def check():\n    return verify_jwt_in_request()\napp.before_request(check)", [7]),
    "in a branch": (
        HEAD
        + "@app.before_request\ndef check():\n    if request.endpoint not in OPEN:\n        return verify_jwt_in_request()",
        [9],
    ),
    "conditional": (
        HEAD
        + "@app.before_request\ndef check():\n    return None if request.endpoint in OPEN else verify_jwt_in_request()",
        [8],
    ),
    "last of and": (
        HEAD + "@app.before_request\ndef check():\n    return request.endpoint not in OPEN and verify_jwt_in_request()",
        [8],
    ),
    "one of or": (HEAD + "@app.before_request\ndef check():\n    return skip() or verify_jwt_in_request()", [8]),
    "through a variable": (
        HEAD + "@app.before_request\ndef check():\n    found = verify_jwt_in_request()\n    return found",
        [9],
    ),
    "through a function": (
        HEAD
        + "def token():\n    return verify_jwt_in_request()\n@app.before_request\ndef check():\n    return token()",
        [10],
    ),
    "itself": (HEAD + "app.before_request(verify_jwt_in_request)", [6]),
    "itself on a blueprint": (HEAD + "bp.before_request(f=verify_jwt_in_request)", [6]),
    "by its module": (
        "import flask_jwt_extended as fje\nfrom flask import Flask\napp = Flask(__name__)\napp.before_request(fje.verify_jwt_in_request)",
        [4],
    ),
    "under another name": (
        (
            "from flask import Flask\nfrom flask_jwt_extended.view_decorators import verify_jwt_in_request as check\n"
            "app = Flask(__name__)\napp.before_request(check)"
        ),
        [4],
    ),
    "a lambda": (HEAD + "app.before_request(lambda: verify_jwt_in_request())", [6]),
    "a partial": (
        HEAD + "from functools import partial\napp.before_request(partial(verify_jwt_in_request, optional=True))",
        [7],
    ),
    "in a factory": (
        HEAD
        + "def create_app():\n    made = Flask(__name__)\n    made.before_request(verify_jwt_in_request)\n    return made",
        [8],
    ),
    "two of them": (
        HEAD
        + "bp.before_request(verify_jwt_in_request)\n@app.before_request\ndef check():\n    return verify_jwt_in_request()",
        [6, 9],
    ),
    "version 4 by its pin": (
        {
            "app.py": HEAD + "app.before_request(verify_jwt_in_request)",
            "requirements.txt": "flask-jwt-extended==4.6.0\n",
        },
        [6],
    ),
}


@pytest.mark.parametrize("name", FIRES)
def test_fires(name: str) -> None:
    """Whatever a hook returns of the check, the app answers with the token."""
    files, where = FIRES[name]
    assert lines(RULE, files) == [f"app.py:{line} error" for line in where]


SILENT: dict[str, Mapping[str, str] | str] = {
    "called": HEAD + "@app.before_request\ndef check():\n    verify_jwt_in_request()",
    "called and nothing returned": HEAD
    + "@app.before_request\ndef check():\n    verify_jwt_in_request()\n    return None",
    "unpacked": HEAD + "@app.before_request\ndef check():\n    _, g.claims = verify_jwt_in_request()",
    "kept": HEAD + "@app.before_request\ndef check():\n    found = verify_jwt_in_request()\n    g.claims = found",
    "something else is returned": (
        HEAD
        + '@app.before_request\ndef check():\n    verify_jwt_in_request()\n    if not g.ok:\n        return "no", 403'
    ),
    "made to nothing": HEAD + "@app.before_request\ndef check():\n    return verify_jwt_in_request() and None",
    "lambda that returns nothing": HEAD + "app.before_request(lambda: verify_jwt_in_request() and None)",
    "no hook": HEAD
    + "def check():\n    return verify_jwt_in_request()\n@app.get('/')\ndef view():\n    return str(check())",
    "after the request": HEAD + "app.after_request(verify_jwt_in_request)",
    "hook of another function": HEAD + "def check(): ...\napp.before_request(check)",
    "own function of that name": (
        "from flask import Flask\napp = Flask(__name__)\ndef verify_jwt_in_request(): ...\n"
        "import flask_jwt_extended\napp.before_request(verify_jwt_in_request)"
    ),
    "guard on a hook": HEAD + "@app.before_request\n@jwt_required()\ndef check(): ...",
    "returned in a nested function": (
        HEAD
        + "@app.before_request\ndef check():\n    def inner():\n        return verify_jwt_in_request()\n    inner()"
    ),
    "another partial": HEAD + "from functools import partial\napp.before_request(partial(print, 1))",
    "a partial of nothing": HEAD + "from functools import partial\napp.before_request(partial())",
    "registered without a hook": HEAD + "app.before_request()",
    "a bare name": HEAD + "before_request(verify_jwt_in_request)",
    "attribute of what is returned": HEAD + "@app.before_request\ndef check():\n    return g.answer",
    "version 3 by its pin": {
        "app.py": HEAD
        + "app.before_request(verify_jwt_in_request)\n@bp.before_request\ndef c():\n    return verify_jwt_in_request()",
        "requirements.txt": "flask-jwt-extended==3.25.1\n",
    },
    "version 3 by its names": (
        HEAD + "from flask_jwt_extended import jwt_refresh_token_required\napp.before_request(verify_jwt_in_request)"
    ),
    "a test": {"tests/test_app.py": HEAD + "app.before_request(verify_jwt_in_request)"},
    "it calls itself": HEAD + "def check():\n    return check()\napp.before_request(check)",
    "variable that is made of itself": HEAD + "@app.before_request\ndef check():\n    found = found\n    return found",
    "without the package": "from flask import Flask\napp = Flask(__name__)\napp.before_request(verify_jwt_in_request)",
}


@pytest.mark.parametrize("name", SILENT)
def test_silent(name: str) -> None:
    """A hook that returns something else, or nothing, is well; so is version 3, where the check returns nothing."""
    assert lines(RULE, SILENT[name]) == []


FIXED = {
    "the return goes": (
        "@app.before_request\ndef check():\n    # all but the login\n    return verify_jwt_in_request()\n",
        "@app.before_request\ndef check():\n    # all but the login\n    verify_jwt_in_request()\n",
    ),
    "its arguments stay": (
        '@app.before_request\ndef check():\n    return verify_jwt_in_request(optional=True, locations=["cookies"])\n',
        '@app.before_request\ndef check():\n    verify_jwt_in_request(optional=True, locations=["cookies"])\n',
    ),
    "what follows is not run": (
        (
            "@app.before_request\ndef check():\n    if request.endpoint not in OPEN:\n        return verify_jwt_in_request()\n"
            '    return "closed", 503\n'
        ),
        (
            "@app.before_request\ndef check():\n    if request.endpoint not in OPEN:\n        verify_jwt_in_request()\n"
            '        return\n    return "closed", 503\n'
        ),
    ),
    "a function in its place": (
        "app.before_request(verify_jwt_in_request)  # all\n",
        "\n\ndef require_token():\n    verify_jwt_in_request()\n\n\napp.before_request(require_token)  # all\n",
    ),
    "a function in place of a lambda": (
        "bp.before_request(\n    lambda: verify_jwt_in_request(fresh=True),\n)\n",
        "\n\ndef require_token():\n    verify_jwt_in_request(fresh=True)\n\n\nbp.before_request(\n    require_token,\n)\n",
    ),
    "a name that is free": (
        "def require_token(): ...\n\n\napp.before_request(verify_jwt_in_request)\n",
        (
            "def require_token(): ...\n\n\ndef check_token():\n    verify_jwt_in_request()\n\n\n"
            "app.before_request(check_token)\n"
        ),
    ),
    "in a factory": (
        "def create_app():\n    made = Flask(__name__)\n    made.before_request(verify_jwt_in_request)\n    return made\n",
        (
            "def create_app():\n    made = Flask(__name__)\n\n    def require_token():\n        verify_jwt_in_request()\n\n"
            "    made.before_request(require_token)\n    return made\n"
        ),
    ),
}


@pytest.mark.parametrize("name", FIXED)
def test_fix(name: str) -> None:
    """The check is called, and the hook returns nothing."""
    wrong, right = FIXED[name]
    assert fixed(RULE, HEAD + wrong) == HEAD + right
    assert all(one is not None and one.safe for one in fixes(RULE, HEAD + wrong))


@pytest.mark.parametrize(
    "name",
    ["conditional", "one of or", "through a variable", "through a function", "a partial"],
)
def test_no_fix(name: str) -> None:
    """Where the check is only a part of what is returned, what to write is left to the user."""
    files, _ = FIRES[name]
    assert fixes(RULE, files) == [None]


@pytest.mark.parametrize(
    "text",
    [
        "app.before_request(lambda: request.endpoint in OPEN or verify_jwt_in_request())",
        "app.before_request(lambda: verify_jwt_in_request(locations=[one for one in OPEN]))",
        "@app.before_request\ndef check():\n    return verify_jwt_in_request(locations=[one for one in OPEN])",
        "seen = [app.before_request(verify_jwt_in_request)]",
        (
            "def require_token(): ...\ndef check_token(): ...\ndef require_valid_token(): ...\ndef verify_token(): ...\n"
            "app.before_request(verify_jwt_in_request)"
        ),
    ],
)
def test_no_exact_fix(text: str) -> None:
    """Code that cannot be written anew from what is known, no statement of its own, or no free name: no fix."""
    assert fixes(RULE, HEAD + text) == [None]


def test_words() -> None:
    """The message names the hook, and says what the caller gets instead of the view."""
    (hook,) = findings(RULE, FIRES["hook of the app"][0])
    assert hook.message.startswith("`check()` runs before requests and returns what `verify_jwt_in_request()` returns")
    assert hook.symbol == "app:check"
    (itself,) = findings(RULE, FIRES["itself"][0])
    assert itself.message.startswith("`before_request()` is given `verify_jwt_in_request` itself")
    (made,) = findings(RULE, FIRES["a lambda"][0])
    assert "a lambda that returns what" in made.message
