from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support import lines

RULE = "jwt/key-falls-back-to-secret-key"
HEAD = (
    "import os\nfrom flask import Flask\nfrom flask_jwt_extended import JWTManager, jwt_required\n"
    "app = Flask(__name__)\napp.config['SECRET_KEY'] = os.environ['SECRET_KEY']\n"
)
JWT = "jwt = JWTManager(app)\n@app.get('/')\n@jwt_required()\ndef me(): ...\n"

FIRES: dict[str, tuple[Mapping[str, str] | str, list[str]]] = {
    "unset": (HEAD + JWT, ["app.py:6"]),
    "bound later": (
        HEAD + JWT.replace("(app)", "()").replace("@app", "jwt.init_app(app)\n@app"),
        ["app.py:6"],
    ),
    "tokens made and not checked": (
        HEAD + "from flask_jwt_extended import create_access_token\nJWTManager(app)\ncreate_access_token('a')\n",
        ["app.py:7"],
    ),
    "set in tests only": (
        {"app.py": HEAD + JWT, "tests/conftest.py": "from app import app\napp.config['JWT_SECRET_KEY'] = 'x'\n"},
        ["app.py:6"],
    ),
    "empty": (HEAD + "app.config['JWT_SECRET_KEY'] = ''\n" + JWT, ["app.py:6"]),
    "None": (HEAD + "app.config['JWT_SECRET_KEY'] = None\n" + JWT, ["app.py:6"]),
    "the same key by config": (
        HEAD + "app.config['JWT_SECRET_KEY'] = app.config['SECRET_KEY']\n" + JWT,
        ["app.py:6"],
    ),
    "the same key by attribute": (HEAD + "app.config['JWT_SECRET_KEY'] = app.secret_key\n" + JWT, ["app.py:6"]),
    "the same key by variable": (
        {
            "config.py": "import os\nclass Config:\n    SECRET_KEY = os.environ['SECRET_KEY']\n"
            "    JWT_SECRET_KEY = os.environ.get('JWT_SECRET_KEY') or SECRET_KEY\n",
            "app.py": HEAD + "app.config.from_object('config.Config')\n" + JWT,
        },
        ["config.py:4"],
    ),
    "HS512": (HEAD + "app.config['JWT_ALGORITHM'] = 'HS512'\n" + JWT, ["app.py:7"]),
}
SILENT: dict[str, Mapping[str, str] | str] = {
    "set": HEAD + "app.config['JWT_SECRET_KEY'] = os.environ['JWT_SECRET_KEY']\n" + JWT,
    "set in a class": {
        "config.py": "import os\nclass Config:\n    JWT_SECRET_KEY = os.environ['JWT_SECRET_KEY']\n",
        "app.py": HEAD + "app.config.from_object('config.Config')\n" + JWT,
    },
    "a key of its own that may be missing": HEAD + "app.config['JWT_SECRET_KEY'] = os.getenv('JWT_SECRET_KEY')\n" + JWT,
    "the same key in development only": {
        "config.py": "class DevelopmentConfig:\n    SECRET_KEY = 'x'\n    JWT_SECRET_KEY = SECRET_KEY\n",
        "app.py": HEAD + "app.config.from_object('config.DevelopmentConfig')\n" + JWT,
    },
    "loaded from a file": HEAD + "app.config.from_pyfile('settings.cfg')\n" + JWT,
    "loaded from the environment": HEAD + "app.config.from_prefixed_env()\n" + JWT,
    "written by a loop": HEAD + "for key in ['JWT_SECRET_KEY']:\n    app.config[key] = os.environ[key]\n" + JWT,
    "asymmetric algorithm": HEAD + "app.config['JWT_ALGORITHM'] = 'RS256'\n" + JWT,
    "unknown algorithm": HEAD + "app.config['JWT_ALGORITHM'] = os.environ['ALG']\n" + JWT,
    "private key": HEAD + "app.config['JWT_PRIVATE_KEY'] = open('key').read()\n" + JWT,
    "key by a loader": HEAD + JWT + "@jwt.encode_key_loader\ndef key(identity): ...\n",
    "never bound": HEAD + JWT.replace("(app)", "()"),
    "tokens not used": HEAD + "jwt = JWTManager(app)\n",
    "no manager": HEAD + "@app.get('/')\n@jwt_required()\ndef me(): ...\n",
    "manager in a test": {"tests/test_a.py": HEAD + JWT},
    "PyJWT": "import jwt\nfrom flask import Flask\napp = Flask(__name__)\njwt.encode({}, app.config['SECRET_KEY'])\n",
}


@pytest.mark.parametrize(("files", "expected"), FIRES.values(), ids=FIRES)
def test_fires(files: Mapping[str, str] | str, expected: list[str]) -> None:
    """A manager without a key of its own is found, and so is a key that is the other one."""
    assert lines(RULE, files) == [f"{one} note" for one in expected]


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_silent(files: Mapping[str, str] | str) -> None:
    """A key of its own, one that cannot be seen, and a manager that signs nothing are not reported."""
    assert lines(RULE, files) == []
