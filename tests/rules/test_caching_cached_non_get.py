from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "caching/cached-non-get"
HEAD = """\
from flask import Blueprint, Flask, request
from flask.views import MethodView, View
from flask_caching import Cache
app = Flask(__name__)
bp = Blueprint("bp", __name__)
cache = Cache(app)
"""

FIRES = {
    "methods of the route": ('@app.route("/x", methods=["GET", "POST"])\n@cache.cached(60)\ndef v(): return "x"', 8),
    "post alone": ('@bp.post("/x")\n@cache.cached(timeout=60)\ndef v(): return "x"', 8),
    "async view": ('@app.put("/x")\n@cache.cached()\nasync def v(): return "x"', 8),
    "add_url_rule": (
        '@cache.cached()\ndef v(): return "x"\napp.add_url_rule("/x", view_func=v, methods=["POST"])',
        7,
    ),
    "applied by hand": (
        'def v(): return "x"\napp.add_url_rule("/x", view_func=cache.cached()(v), methods=["DELETE"])',
        8,
    ),
    "method of a class": (
        (
            'class V(MethodView):\n    @cache.cached()\n    def post(self): return "x"\n'
            'app.add_url_rule("/x", view_func=V.as_view("v"))'
        ),
        8,
    ),
    "decorators of a class": (
        (
            'class V(MethodView):\n    decorators = [cache.cached()]\n    def get(self): return "x"\n'
            '    def post(self): return "y"\napp.add_url_rule("/x", view_func=V.as_view("v"))'
        ),
        8,
    ),
    "restful resource": (
        (
            'from flask_restful import Api, Resource\nclass V(Resource):\n    @cache.cached()\n    def patch(self): return "x"\n'
            'Api(app).add_resource(V, "/x")'
        ),
        9,
    ),
    "decorator in a variable": (
        'minute = cache.cached(timeout=60)\n@app.route("/x", methods=("POST",))\n@minute\ndef v(): return "x"',
        9,
    ),
    "decorator of the project": (
        (
            "def minute(f):\n    @cache.cached(timeout=60)\n    def inner(): return f()\n    return inner\n"
            '@app.route("/x", methods=["POST"])\n@minute\ndef v(): return "x"'
        ),
        12,
    ),
    "key that leaves the method out": (
        (
            'def key(): return request.url\n@app.route("/x", methods=["GET", "POST"])\n@cache.cached(key_prefix=key)\n'
            "def v(): return request.json"
        ),
        9,
    ),
    "key of the body, which a GET has not": (
        (
            'def key(): return str(request.json)\n@app.route("/x", methods=["GET", "POST"])\n@cache.cached(key_prefix=key)\n'
            'def v(): return "x"'
        ),
        9,
    ),
    "options answered by the view": (
        (
            '@app.route("/x", methods=["GET", "OPTIONS"])\n@cache.cached()\n'
            'def v(): return "" if request.method == "OPTIONS" else "x"'
        ),
        8,
    ),
    "view function of a View": (
        (
            'class V(View):\n    methods = ["GET", "POST"]\n    @cache.cached()\n    def dispatch_request(self): return "x"\n'
            'app.add_url_rule("/x", view_func=V.as_view("v"))'
        ),
        9,
    ),
}

SILENT = {
    "get alone": '@app.route("/x")\n@cache.cached()\ndef v(): return "x"',
    "head too": '@app.route("/x", methods=["GET", "HEAD"])\n@cache.cached()\ndef v(): return "x"',
    "options that the view does not tell apart": (
        '@app.route("/x", methods=["GET", "OPTIONS"])\n@cache.cached()\ndef v(): return "x"'
    ),
    "get beside an uncached post": (
        'class V(MethodView):\n    @cache.cached()\n    def get(self): return "x"\n    def post(self): return "y"'
    ),
    "unless looks at the method": (
        '@app.route("/x", methods=["GET", "POST"])\n@cache.cached(unless=lambda: request.method != "GET")\n'
        'def v(): return "x"'
    ),
    "unless of another module": (
        'from somewhere import not_get\n@app.route("/x", methods=["GET", "POST"])\n@cache.cached(unless=not_get)\n'
        'def v(): return "x"'
    ),
    "key holds the method": (
        'def key(): return request.method + request.path\n@app.route("/x", methods=["GET", "POST"])\n'
        '@cache.cached(make_cache_key=key)\ndef v(): return "x"'
    ),
    "key of a search's body": (
        'def key(): return str(request.get_json())\n@app.post("/search")\n@cache.cached(key_prefix=key)\ndef v(): return "x"'
    ),
    "methods that cannot be known": (
        'import config\n@app.route("/x", methods=config.METHODS)\n@cache.cached()\ndef v(): return "x"'
    ),
    "arguments that cannot be known": (
        'import config\n@app.route("/x", methods=["POST"])\n@cache.cached(**config.CACHING)\ndef v(): return "x"'
    ),
    "above the route, where it does nothing": (
        '@cache.cached()\n@app.route("/x", methods=["POST"])\ndef v(): return "x"'
    ),
    "memoized": '@app.post("/x")\n@cache.memoize()\ndef v(): return "x"',
    "no view": '@cache.cached(key_prefix="rates")\ndef rates(): return 1',
    "cachetools": (
        'from cachetools import TTLCache, cached\n@app.post("/x")\n@cached(cache=TTLCache(1, 1))\ndef v(): return "x"'
    ),
    "functools": 'import functools\n@app.post("/x")\n@functools.cache\ndef v(): return "x"',
    "own decorator of the same name": ('def cached(f): return f\n@app.post("/x")\n@cached\ndef v(): return "x"'),
    "method of something else": 'import store\n@app.post("/x")\n@store.cached()\ndef v(): return "x"',
}


@pytest.mark.parametrize("name", FIRES)
def test_fires(name: str) -> None:
    """A cached view that answers writing methods is found, however it is registered."""
    code, line = FIRES[name]
    assert lines(RULE, HEAD + code) == [f"app.py:{line} error"]


@pytest.mark.parametrize("name", SILENT)
def test_stays_silent(name: str) -> None:
    """What only reads, has the method in its key, cannot be known or is no Flask-Caching is no fault."""
    assert lines(RULE, HEAD + SILENT[name]) == []


def test_dispatch_of_a_base_class_answers_what_the_classes_below_it_answer() -> None:
    """A cached dispatch_request of a shared base is found although the methods stand in other modules."""
    files = {
        "base.py": (
            "from flask.views import MethodView\nfrom ext import cache\nclass Base(MethodView):\n"
            "    @cache.cached(60)\n    def dispatch_request(self, **k):\n        return super().dispatch_request(**k)\n"
        ),
        "ext.py": "from flask_caching import Cache\ncache = Cache()\n",
        "views.py": "from base import Base\nclass Notes(Base):\n    def get(self): ...\n    def post(self): ...\n",
    }
    (found,) = findings(RULE, files)
    assert (found.place.path, found.place.line) == ("base.py", 4)
    assert "answers POST" in found.message


def test_tests_are_no_suspects() -> None:
    """A view that a test makes is left alone."""
    code = HEAD + '@app.post("/x")\n@cache.cached()\ndef v(): return "x"\n'
    assert lines(RULE, {"tests/test_cache.py": code}) == []


def test_message_names_the_view_and_the_methods() -> None:
    """The message says which view answers which methods, and what happens to the caller."""
    code = HEAD + '@app.route("/x", methods=["GET", "PUT", "POST"])\n@cache.cached()\ndef notes(): return "x"\n'
    (found,) = findings(RULE, code)
    assert found.message.startswith("`notes()` answers POST and PUT, and `@cache.cached()` does not look at the method")
    assert found.symbol == "app:notes"
