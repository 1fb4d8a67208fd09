from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support import findings, lines

RULE = "jwt/current-user-without-lookup"
HEAD = (
    "from flask import Flask\nfrom flask_jwt_extended import JWTManager, current_user, get_current_user, jwt_required\n"
    "app = Flask(__name__)\njwt = JWTManager(app)\n"
)
VIEW = "@app.get('/')\n@jwt_required()\ndef me():\n    return current_user.name\n"

FIRES: dict[str, tuple[Mapping[str, str] | str, list[str]]] = {
    "attribute": (HEAD + VIEW, ["app.py:8"]),
    "function": (HEAD + "@app.get('/')\ndef me():\n    return get_current_user().name\n", ["app.py:7"]),
    "once for many uses": (HEAD + VIEW + "def other():\n    return current_user\n", ["app.py:8"]),
    "in an own decorator": (
        HEAD + "def admin(fn):\n    def inner():\n        if not current_user.admin:\n            return '', 403\n"
        "        return fn()\n    return inner\n",
        ["app.py:7"],
    ),
    "module attribute": (
        {
            "app.py": "import flask_jwt_extended\nfrom flask import Flask\napp = Flask(__name__)\n"
            "flask_jwt_extended.JWTManager(app)\ndef me():\n    return flask_jwt_extended.current_user.id\n"
        },
        ["app.py:6"],
    ),
    "loader only in a test": (
        {
            "app.py": HEAD + VIEW,
            "tests/conftest.py": "from app import jwt\n@jwt.user_lookup_loader\ndef load(h, p): ...\n",
        },
        ["app.py:8"],
    ),
    "loader registered by a call in a test": (
        {"app.py": HEAD + VIEW, "tests/conftest.py": "from app import jwt\njwt.user_lookup_loader(print)\n"},
        ["app.py:8"],
    ),
    "another loader": (HEAD + "@jwt.user_identity_loader\ndef load(u): ...\n" + VIEW, ["app.py:10"]),
}

SILENT: dict[str, Mapping[str, str] | str] = {
    "registered": HEAD + "@jwt.user_lookup_loader\ndef load(h, p): ...\n" + VIEW,
    "registered by a call": HEAD + "jwt.user_lookup_loader(load)\n" + VIEW,
    "registered by a lambda": HEAD + "jwt.user_lookup_loader(lambda h, p: None)\n" + VIEW,
    "registered under version 3": HEAD + "jwt.user_loader_callback_loader(load)\n" + VIEW,
    "registered in another module": {
        "app.py": HEAD + VIEW,
        "auth.py": "from app import jwt\n@jwt.user_lookup_loader\ndef load(h, p): ...\n",
    },
    "registered in a function": {
        "app.py": HEAD + VIEW,
        "auth.py": "def setup(manager):\n    @manager.user_lookup_loader\n    def load(h, p): ...\n",
    },
    "registered through a variable": HEAD + "register = jwt.user_lookup_loader\nregister(print)\n" + VIEW,
    "set on the manager": HEAD + "jwt._user_lookup_callback = print\n" + VIEW,
    "overridden in a subclass": HEAD
    + "class Manager(JWTManager):\n    def _user_lookup_callback(self, h, p): ...\n"
    + VIEW,
    "imported and not used": HEAD + "@app.get('/')\n@jwt_required()\ndef me(): ...\n",
    "Flask-Login's": "from flask import Flask\nfrom flask_jwt_extended import JWTManager\nfrom flask_login import current_user\n"
    "app = Flask(__name__)\njwt = JWTManager(app)\ndef me():\n    return current_user.name\n",
    "a local variable": "from flask import Flask\nfrom flask_jwt_extended import JWTManager, get_jwt_identity\n"
    "app = Flask(__name__)\njwt = JWTManager(app)\n"
    "def me():\n    current_user = get_jwt_identity()\n    return current_user\n",
    "no manager in sight": "from flask_jwt_extended import current_user\ndef me():\n    return current_user.name\n",
    "used in tests only": {
        "app.py": HEAD,
        "tests/test_a.py": "from flask_jwt_extended import current_user\nx = current_user.id\n",
    },
}


@pytest.mark.parametrize(("files", "expected"), FIRES.values(), ids=FIRES)
def test_fires(files: Mapping[str, str] | str, expected: list[str]) -> None:
    """A use of the current user without a lookup is found once, at the first use."""
    assert lines(RULE, files) == [f"{one} error" for one in expected]


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_silent(files: Mapping[str, str] | str) -> None:
    """A lookup registered in any way, and another current_user, are not reported."""
    assert lines(RULE, files) == []


def test_message_names_the_manager_and_the_loader_of_the_version() -> None:
    """The help names the project's own manager and the loader that its version has."""
    (one,) = findings(RULE, {"app.py": HEAD + VIEW, "requirements.txt": "flask-jwt-extended==3.25.0\n"})
    assert "registered on `jwt`" in one.message
    assert "@jwt.user_loader_callback_loader" in one.help
    assert one.related[0].place.line == 4
