from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support import findings, lines

RULE = "jwt/token-never-expires"
HEAD = (
    "import os\nfrom datetime import timedelta\nfrom flask import Flask\n"
    "from flask_jwt_extended import create_access_token, create_refresh_token\napp = Flask(__name__)\n"
)
FIRES: dict[str, tuple[Mapping[str, str] | str, list[str]]] = {
    "False": (HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = False\n", ["app.py:6"]),
    "0": (HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = 0\n", ["app.py:6"]),
    "empty timedelta": (HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = timedelta()\n", ["app.py:6"]),
    "refresh tokens": (HEAD + "app.config.update(JWT_REFRESH_TOKEN_EXPIRES=False)\n", ["app.py:6"]),
    "environment with a fallback": (
        HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = int(os.getenv('EXPIRES', 0))\n",
        ["app.py:6"],
    ),
    "a hundred years": (HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = timedelta(days=36500)\n", ["app.py:6"]),
    "a hundred years in seconds": (HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = 3153600000\n", ["app.py:6"]),
    "a class": (
        {
            "config.py": "class Config:\n    JWT_ACCESS_TOKEN_EXPIRES = False\n",
            "app.py": HEAD + "app.config.from_object('config.Config')\n",
        },
        ["config.py:2"],
    ),
    "the development class when it is the default": (
        {
            "config.py": "class DevelopmentConfig:\n    JWT_ACCESS_TOKEN_EXPIRES = False\n",
            "app.py": HEAD + "app.config.from_object('config.DevelopmentConfig')\n",
        },
        ["config.py:2"],
    ),
    "either": (HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = False if x else 0\n", ["app.py:6"]),
    "argument": (HEAD + "def login():\n    return create_access_token('a', expires_delta=False)\n", ["app.py:7"]),
    "empty timedelta as argument": (
        HEAD + "def login():\n    return create_access_token('a', expires_delta=timedelta(0))\n",
        ["app.py:7"],
    ),
    "positional argument": (HEAD + "def login():\n    return create_access_token('a', False, False)\n", ["app.py:7"]),
    "argument of a refresh token": (HEAD + "def login():\n    return create_refresh_token('a', False)\n", ["app.py:7"]),
    "variable": (HEAD + "NEVER = False\ndef login():\n    return create_refresh_token('a', NEVER)\n", ["app.py:8"]),
}
SILENT: dict[str, Mapping[str, str] | str] = {
    "timedelta": HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = timedelta(minutes=5)\n",
    "seconds": HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = 3600\n",
    "True": HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = True\n",
    "None": HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = None\n",
    "text": HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = '0'\n",
    "environment": HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = int(os.environ['EXPIRES'])\n",
    "environment with a good fallback": HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = int(os.getenv('E', 900))\n",
    "one of two": HEAD + "app.config['JWT_ACCESS_TOKEN_EXPIRES'] = False if app.debug else 900\n",
    "test class": {
        "config.py": "class TestingConfig:\n    JWT_ACCESS_TOKEN_EXPIRES = False\n",
        "app.py": HEAD + "app.config.from_object('config.TestingConfig')\n",
    },
    "development class beside others": {
        "config.py": "class Config: ...\nclass DevelopmentConfig(Config):\n    JWT_ACCESS_TOKEN_EXPIRES = False\n"
        "class ProductionConfig(Config): ...\n",
        "app.py": HEAD + "def create_app(name):\n    import config\n"
        "    app.config.from_object({'dev': config.DevelopmentConfig, 'prod': config.ProductionConfig}[name])\n",
    },
    "test": {
        "app.py": HEAD,
        "tests/test_a.py": "from flask_jwt_extended import create_access_token\n"
        "create_access_token('a', expires_delta=False)\n",
    },
    "no argument": HEAD + "create_access_token('a')\n",
    "default by None": HEAD + "create_access_token('a', expires_delta=None)\n",
    "some days": HEAD + "create_access_token('a', expires_delta=timedelta(days=30))\n",
    "unknown": HEAD + "create_access_token('a', expires_delta=delta())\n",
    "a long-lived token by name": HEAD
    + "def create_longlived_token(u):\n    return create_access_token(u, expires_delta=False)\n",
    "a method of api keys": HEAD
    + "class ApiKey:\n    def make(self):\n        return create_access_token('a', expires_delta=False)\n",
    "a module of devices": {"devices.py": HEAD + "x = create_access_token('a', expires_delta=False)\n"},
    "PyJWT": "JWT_ACCESS_TOKEN_EXPIRES = False\nimport jwt\n",
    "another key": HEAD + "app.config['JWT_COOKIE_SECURE'] = False\n",
}


@pytest.mark.parametrize(("files", "expected"), FIRES.values(), ids=FIRES)
def test_fires(files: Mapping[str, str] | str, expected: list[str]) -> None:
    """A time that never ends is found where it is set or given."""
    assert lines(RULE, files) == [f"{one} warning" for one in expected]


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_silent(files: Mapping[str, str] | str) -> None:
    """Times that end, that cannot be told, or that are meant to be endless are not reported."""
    assert lines(RULE, files) == []


def test_message_says_which_class_and_when() -> None:
    """The message names the class of settings, and says where the environment may decide otherwise."""
    (one,) = findings(
        RULE,
        {
            "config.py": "import os\nclass Config:\n    JWT_ACCESS_TOKEN_EXPIRES = int(os.getenv('E', 0))\n",
            "app.py": HEAD + "app.config.from_object('config.Config')\n",
        },
    )
    assert one.message == (
        "`JWT_ACCESS_TOKEN_EXPIRES` is 0 in `Config` unless the environment says otherwise: these tokens never expire"
    )
