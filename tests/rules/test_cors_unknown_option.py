"""Options that Flask-CORS does not know."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "cors/unknown-option"
HEAD = "from flask import Blueprint, Flask\nfrom flask_cors import CORS, cross_origin\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ('CORS(app, origin="https://a.example")', "write `origins`"),
        ('CORS(app, allowed_origins=["https://a.example"])', "write `origins`"),
        ("CORS(app, support_credentials=True)", "write `supports_credentials`"),
        ('CORS(app, resource={r"/api/.*": {}})', "write `resources`"),
        ('CORS(app, headers="Content-Type")', "write `allow_headers`"),
        ("CORS(app, wholly_different=True)", "use one of `allow_headers`, "),
        ('CORS(app, **{"origin": "https://a.example"})', "write `origins`"),
        ('CORS(app, resources={r"/api/.*": {"origin": "https://a.example"}})', "write `origins`"),
        ('cors = CORS(origin="https://a.example"); cors.init_app(app)', "write `origins`"),
        ('cors = CORS(); cors.init_app(app, origin="https://a.example")', "write `origins`"),
        ('CORS(Blueprint("a", __name__), origin="https://a.example")', "write `origins`"),
        ('CORS(origin="https://a.example")', "write `origins`"),
        ('@app.get("/")\n@cross_origin(origin="https://a.example")\ndef index(): return ""', "write `origins`"),
        ('@app.get("/")\n@cross_origin("https://a.example")\ndef index(): return ""', "name it"),
    ],
)
def test_fires_in_every_spelling(text: str, help: str) -> None:
    """A name that Flask-CORS drops is found wherever options are given, and the right one is named."""
    (found,) = findings(RULE, HEAD + text)
    assert found.level.name == "error"
    assert found.help.startswith(help)


def test_the_message_tells_what_stays_open() -> None:
    """Only a name that was meant for origins or paths leaves every origin allowed."""
    (opened,) = findings(RULE, HEAD + 'CORS(app, origin="https://a.example")')
    (other,) = findings(RULE, HEAD + 'CORS(app, origins=["https://a.example"], header="x")')
    assert opened.message.endswith("so every origin is allowed")
    assert other.message.endswith("and drops it")


def test_several_resources_share_one_table() -> None:
    """One misspelt option in a table that two calls share is told once."""
    text = HEAD + 'TABLE = {r"/api/.*": {"origin": "x"}}\nCORS(app, resources=TABLE)\nCORS(app, resources=TABLE)\n'
    assert lines(RULE, text) == ["app.py:4 error"]


@pytest.mark.parametrize(
    "text",
    [
        "CORS(app)",
        'CORS(app, origins="*", methods=["GET"], max_age=60, vary_header=True, send_wildcard=False)',
        'CORS(app, expose_headers=["X"], allow_headers="*", automatic_options=True, always_send=False)',
        "CORS(app, allow_private_network=False, intercept_exceptions=True, supports_credentials=False)",
        'CORS(app=app, resources={r"/api/.*": {"origins": "https://a.example", "max_age": 60}})',
        "CORS(app, **unseen())",
        'CORS(app, resources={r"/api/.*": unseen()})',
        'CORS(app, resources={r"/api/.*": {unseen(): 1}})',
        '@app.get("/")\n@cross_origin(*unseen())\ndef index(): return ""',
        'class CORS:\n    def __init__(self, app, origin): pass\nCORS(app, origin="x")',
        'class Own(CORS):\n    def __init__(self, app, origin):\n        super().__init__(app, origins=origin)\nOwn(app, origin="x")',
    ],
)
def test_stays_silent(text: str) -> None:
    """Its own options, what cannot be seen, and strangers are not reported."""
    assert lines(RULE, HEAD + text) == []


def test_headers_was_an_option_once() -> None:
    """Flask-CORS 1 took `headers`."""
    files = {"app.py": HEAD + 'CORS(app, headers="X")', "requirements.txt": "Flask-Cors==1.10.3\n"}
    assert lines(RULE, files) == []
    assert lines(RULE, {**files, "requirements.txt": "Flask-Cors==6.0.5\n"}) == ["app.py:4 error"]


def test_tests_are_no_suspects() -> None:
    """A test suite's calls are not reported."""
    assert lines(RULE, {"tests/test_app.py": HEAD + 'CORS(app, origin="x")'}) == []
    files = {
        "cors.py": "from flask_cors import CORS\ncors = CORS()\n",
        "tests/conftest.py": 'from flask import Flask\nfrom cors import cors\ncors.init_app(Flask("a"), origin="x")\n',
    }
    assert lines(RULE, files) == []
