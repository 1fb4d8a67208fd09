from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixes
from tests.support import findings, lines

RULE = "together/cached-above-cross-origin"
HEAD = """\
from flask import Blueprint, Flask, request
from flask.views import MethodView
from flask_caching import Cache
from flask_cors import CORS, cross_origin
from flask_jwt_extended import jwt_required
from flask_limiter import Limiter
app = Flask(__name__)
bp = Blueprint("bp", __name__)
cache = Cache(app)
limiter = Limiter(app=app)
"""
BOTH = '["https://a.example", "https://b.example"]'

FIRES = {
    "plain": ('@app.get("/x")\n@cache.cached(60)\n@cross_origin()\ndef v(): return "x"', 12),
    "of a blueprint": (
        '@bp.route("/x")\n@cache.cached()\n@cross_origin(origins="https://a.example")\ndef v(): return "x"',
        12,
    ),
    "not called": ('@app.get("/x")\n@cache.cached()\n@cross_origin\ndef v(): return "x"', 12),
    "memoized": ('@app.get("/x")\n@cache.memoize()\n@cross_origin()\ndef v(): return "x"', 12),
    "something between": ('@app.get("/x")\n@cache.cached()\n@jwt_required()\n@cross_origin()\ndef v(): return "x"', 12),
    "headers alone": (
        f'@app.get("/x")\n@cache.cached()\n@cross_origin({BOTH}, automatic_options=False)\ndef v(): return "x"',
        12,
    ),
    "any origin, headers alone": (
        '@app.get("/x")\n@cache.cached()\n@cross_origin(origins="*", automatic_options=False)\ndef v(): return "x"',
        12,
    ),
    "default origins, headers alone": (
        '@app.get("/x")\n@cache.cached()\n@cross_origin(automatic_options=False)\ndef v(): return "x"',
        12,
    ),
    "preflights bypass, headers do not": (
        f'@app.get("/x")\n@cache.cached(unless=lambda: request.method != "GET")\n@cross_origin({BOTH})\ndef v(): return "x"',
        12,
    ),
    "decorators of a class": (
        (
            "class V(MethodView):\n    decorators = [cross_origin(), cache.cached()]\n    def get(self): return 'x'\n"
            "app.add_url_rule('/x', view_func=V.as_view('v'))"
        ),
        12,
    ),
    "applied by hand": (
        'def v(): return "x"\napp.add_url_rule("/x", view_func=cache.cached()(cross_origin()(v)))',
        12,
    ),
}


@pytest.mark.parametrize("name", FIRES)
def test_fires(name: str) -> None:
    """A cache outside `cross_origin` keeps preflights, or the headers for one origin."""
    text, line = FIRES[name]
    assert lines(RULE, HEAD + text) == [f"app.py:{line} error"]


SILENT = {
    "the right order": '@app.get("/x")\n@cross_origin()\n@cache.cached()\ndef v(): return "x"',
    "for the whole app": 'CORS(app)\n@app.get("/x")\n@cache.cached()\ndef v(): return "x"',
    "no cache": '@app.get("/x")\n@cross_origin()\ndef v(): return "x"',
    "no other origin": '@app.get("/x")\n@cache.cached()\ndef v(): return "x"',
    "never runs": '@cross_origin()\n@app.get("/x")\n@cache.cached()\ndef v(): return "x"',
    "cached above the route": '@cache.cached()\n@app.get("/x")\n@cross_origin()\ndef v(): return "x"',
    "a key of its own": (
        '@app.get("/x")\n@cache.cached(key_prefix=lambda: request.method + request.headers["Origin"])\n@cross_origin()\n'
        'def v(): return "x"'
    ),
    "a key that cannot be seen": '@app.get("/x")\n@cache.cached(key_prefix=unknown)\n@cross_origin()\ndef v(): return "x"',
    "options that cannot be seen": '@app.get("/x")\n@cache.cached()\n@cross_origin(**options)\ndef v(): return "x"',
    "one origin, no preflights": (
        '@app.get("/x")\n@cache.cached()\n@cross_origin(origins="https://a.example", automatic_options=False)\ndef v(): return "x"'
    ),
    "one origin in a list, no preflights": (
        '@app.get("/x")\n@cache.cached()\n@cross_origin(origins=["https://a.example"], automatic_options=False)\n'
        'def v(): return "x"'
    ),
    "origins that cannot be seen, no preflights": (
        '@app.get("/x")\n@cache.cached()\n@cross_origin(origins=ORIGINS, automatic_options=False)\ndef v(): return "x"'
    ),
    "one origin and preflights bypass": (
        '@app.get("/x")\n@cache.cached(unless=lambda: request.method == "OPTIONS")\n@cross_origin("https://a.example")\n'
        'def v(): return "x"'
    ),
    "a helper": '@cache.cached()\n@cross_origin()\ndef helper(): return "x"',
    "another decorator of that name": (
        'from library import cross_origin\n@app.get("/x")\n@cache.cached()\n@cross_origin()\ndef v(): return "x"'
    ),
}


@pytest.mark.parametrize("name", SILENT)
def test_silent(name: str) -> None:
    """The right order, keys that tell requests apart, and what cannot be known."""
    assert lines(RULE, HEAD + SILENT[name]) == []


def test_of_tests_nothing_is_said() -> None:
    """Tests may do as they like."""
    assert lines(RULE, {"tests/test_app.py": HEAD + FIRES["plain"][0]}) == []


def test_words() -> None:
    """The message says which harm it is."""
    (preflight,) = findings(RULE, HEAD + FIRES["plain"][0])
    assert "the answer to a preflight is stored" in preflight.message
    (headers,) = findings(RULE, HEAD + FIRES["headers alone"][0])
    assert "the headers for the first origin are stored" in headers.message
    assert headers.symbol == "app:v"


FIXED = {
    "swapped": (
        "@cache.cached(60)\n@cross_origin()",
        "@cross_origin()\n@cache.cached(60)",
    ),
    "comments and lines stay": (
        '@cache.cached(\n    timeout=60,\n)\n# for the shop\n@cross_origin(\n    origins=["https://a.example"],  # one\n)',
        '# for the shop\n@cross_origin(\n    origins=["https://a.example"],  # one\n)\n@cache.cached(\n    timeout=60,\n)',
    ),
    "over a guard": (
        "@cache.cached(60)\n@jwt_required()\n@cross_origin()",
        "@cross_origin()\n@cache.cached(60)\n@jwt_required()",
    ),
    "over a limit": (
        '@cache.cached(60)\n@limiter.limit("1/day")\n@cross_origin()',
        '@cross_origin()\n@cache.cached(60)\n@limiter.limit("1/day")',
    ),
    "not called": ("@cache.cached(60)\n@cross_origin", "@cross_origin\n@cache.cached(60)"),
}


@pytest.mark.parametrize("name", FIXED)
def test_fix(name: str) -> None:
    """`cross_origin` goes above the cache, and nothing else moves."""
    wrong, right = FIXED[name]
    around = HEAD + '@app.get("/x")\n{}\ndef v(): return "x"\n'
    assert fixed(RULE, around.format(wrong).replace("    origins", "    origins")) == around.format(right)
    assert all(one is not None and one.safe for one in fixes(RULE, around.format(wrong)))


@pytest.mark.parametrize(
    "text",
    [
        FIRES["decorators of a class"][0],
        FIRES["applied by hand"][0],
        'def own(f): return f\n@app.get("/x")\n@cache.cached()\n@own\n@cross_origin()\ndef v(): return "x"',
        'both = cross_origin()\nminute = cache.cached()\n@app.get("/x")\n@minute\n@login\n@both\ndef v(): return "x"',
    ],
)
def test_no_fix(text: str) -> None:
    """In a list, by hand, or over a decorator that nobody knows: what comes of a move cannot be told."""
    assert fixes(RULE, HEAD + text) == [None]
