"""CORS on a blueprint beside CORS keys in the config."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "cors/blueprint-ignores-config"
HEAD = """
from flask import Blueprint, Flask
from flask_cors import CORS
app = Flask(__name__)
api = Blueprint("api", __name__)
""".lstrip()
KEY = 'app.config["CORS_ORIGINS"] = ["https://a.example"]\n'


@pytest.mark.parametrize(
    "text",
    [
        KEY + "CORS(api)",
        KEY + "CORS(app=api)",
        KEY + "CORS(api, supports_credentials=True)",
        KEY + "cors = CORS(); cors.init_app(api)",
        'app.config["CORS_SUPPORTS_CREDENTIALS"] = True\nCORS(api, origins="https://a.example")',
        'app.config.update(CORS_MAX_AGE=60)\nCORS(api, origins="https://a.example")',
    ],
)
def test_fires(text: str) -> None:
    """A key that the blueprint's call does not repeat is reported at the call."""
    assert lines(RULE, HEAD + text) == ["app.py:6 warning"]


def test_names_the_keys_and_where_they_are_set() -> None:
    """The message names blueprint and keys, and each key's place is related."""
    text = HEAD + KEY + 'app.config["CORS_MAX_AGE"] = 60\nCORS(api)\n'
    (found,) = findings(RULE, text)
    assert "blueprint `api`" in found.message
    assert "`CORS_MAX_AGE` and `CORS_ORIGINS`" in found.message
    assert [one.place.line for one in found.related] == [6, 5]


def test_class_in_another_file() -> None:
    """Keys in a class of settings count, also where the blueprint is elsewhere, and resources are told once."""
    files = {
        "app.py": 'from flask import Flask\napp = Flask(__name__)\napp.config.from_object("settings.Config")\n',
        "settings.py": 'class Config:\n    CORS_ORIGINS = "https://a.example"\n',
        "api.py": 'from flask import Blueprint\nfrom flask_cors import CORS\nCORS(Blueprint(name(), __name__), resources=["/a", "/b"])\n',
    }
    assert lines(RULE, files) == ["api.py:3 warning"]


@pytest.mark.parametrize(
    "text",
    [
        "CORS(api)",
        KEY + "CORS(app)",
        KEY + 'CORS(api, origins="*")',
        KEY + "CORS(api, **unseen())",
        KEY + "cors = CORS(origins='*'); cors.init_app(api)",
        'app.config["CORS_RESOURCES"] = "/api/.*"\nCORS(api, resources="/other/.*")',
        'class TestConfig:\n    CORS_ORIGINS = "*"\nCORS(api)',
    ],
)
def test_stays_silent(text: str) -> None:
    """Nothing is said without such keys, on an app, or where the option is given."""
    assert lines(RULE, HEAD + text) == []
