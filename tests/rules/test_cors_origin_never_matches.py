"""Origins that no browser sends."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "cors/origin-never-matches"
HEAD = "from flask import Flask\nfrom flask_cors import CORS, cross_origin\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("origin", "words", "help"),
    [
        ("https://a.example/", "trailing slash", "write https://a.example"),
        ("https://a.example/app", "a path", "write https://a.example"),
        ("a.example", "no scheme", "write https://a.example"),
        ("localhost:3000", "no scheme", "write https://localhost:3000"),
        ("//a.example", "no scheme", "write https://a.example"),
        ("://a.example", "no scheme", "write https://"),
        ("https://a.example,https://b.example", "several origins", "make it a list"),
        ("https://a.example https://b.example", "several origins", "make it a list"),
        ("https://a.example|https://b.example", "several origins", "make it a list"),
        (" https://a.example", "spaces", "strip"),
        ("https://a.example:443", "default port", "drop"),
        ("http://a.example:80", "default port", "drop"),
        ("file://", "no host", 'write "null"'),
        ("*.a.example", "does not compile", "write"),
        ("https://[a.example", "does not compile", "write"),
    ],
)
def test_fires(origin: str, words: str, help: str) -> None:
    """Each way to miss is named, with what to write instead."""
    (found,) = findings(RULE, f"{HEAD}CORS(app, origins=[{origin!r}])")
    assert words in found.message
    assert found.help.startswith(help)
    assert found.level.name == "error"


@pytest.mark.parametrize(
    "text",
    [
        'CORS(app, origins="https://a.example/")',
        'CORS(app, resources={r"/api/.*": {"origins": ["https://a.example/"]}})',
        'cors = CORS(origins="https://a.example/"); cors.init_app(app)',
        'app.config["CORS_ORIGINS"] = "https://a.example/"; CORS(app)',
        'import os; CORS(app, origins=os.environ.get("ORIGINS", "https://a.example/"))',
        'import os; CORS(app, origins=os.environ.get("ORIGINS", "https://a.example/").split(","))',
        'CORS(app, origins="https://a.example/" if dev else "https://b.example")',
        '@app.get("/")\n@cross_origin(origins="https://a.example/")\ndef index(): return ""',
    ],
)
def test_fires_wherever_origins_are_given(text: str) -> None:
    """Keyword, resource, constructor, config, fallback and decorator are all looked at."""
    assert len(lines(RULE, HEAD + text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        'CORS(app, origins=["https://a.example", "http://localhost:3000", "null", "*"])',
        'CORS(app, origins=["HTTPS://A.EXAMPLE", "chrome-extension://abcdef", "capacitor://localhost"])',
        'CORS(app, origins=[r"^https://a\\.example/?$"])',
        'CORS(app, origins=["https://a.example:8443", "http://a.example:8080", "https://a.example:80"])',
        'import re; CORS(app, origins=re.compile("https://a.example/"))',
        'import os; CORS(app, origins=os.environ["ORIGINS"])',
        'import os; CORS(app, origins=os.environ.get("ORIGINS", "").split(","))',
        "CORS(app, origins=unseen())",
        "CORS(app, origins=[])",
        'ORIGINS = "a.example/"',
    ],
)
def test_stays_silent(text: str) -> None:
    """Origins as browsers send them, expressions, and what cannot be known are not reported."""
    assert lines(RULE, HEAD + text) == []


def test_one_entry_in_two_resources_is_told_once() -> None:
    """A list that several resources share is judged once."""
    text = 'LIST = ["https://a.example/"]\nCORS(app, resources={"/a": {"origins": LIST}, "/b": {"origins": LIST}})'
    assert lines(RULE, HEAD + text) == ["app.py:4 error"]
