from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "caching/cached-on-function-with-arguments"
HEAD = """\
from flask import Flask
from flask_caching import Cache
app = Flask(__name__)
cache = Cache(app)
"""

FIRES = [
    ("@cache.cached(timeout=60)\ndef price(amount): return amount", "leaves the arguments of `price()` (`amount`)"),
    ('@cache.cached(key_prefix="price")\ndef price(amount, currency="EUR"): ...', "(`amount`, `currency`)"),
    ("@cache.cached()\ndef price(*amounts): ...", "(`amounts`)"),
    ("class Shop:\n    @cache.cached()\n    def price(self, amount): ...", "arguments of `Shop.price()` (`amount`)"),
    ("class Shop:\n    @staticmethod\n    @cache.cached()\n    def price(amount): ...", "`Shop.price()` (`amount`)"),
    ("def price(amount): ...\nquick = cache.cached(60)(price)", "(`amount`)"),
    ("@cache.cached()\ndef rates(): ...", "under the path of the current request"),
    ("class Shop:\n    @cache.cached()\n    def rates(self): ...", "stores `Shop.rates()` under the path"),
    ("def quick(f):\n    return cache.cached(60)(f)\n@quick\ndef price(amount): ...", "`@quick` leaves the arguments"),
    ("class Shop:\n    @cache.cached()\n    def get(self, number): ...", "`Shop.get()` (`number`)"),
    ("class Shop(str):\n    @cache.cached()\n    def price(self, number): ...", "`Shop.price()` (`number`)"),
]

SILENT = [
    '@cache.cached(key_prefix="rates")\ndef rates(): ...',
    'class Shop:\n    @cache.cached(key_prefix="rates")\n    def rates(self): ...',
    "@cache.memoize()\ndef price(amount): ...",
    '@app.route("/price/<amount>")\n@cache.cached()\ndef price(amount): ...',
    '@cache.cached()\ndef price(amount): ...\napp.add_url_rule("/price/<amount>", view_func=price)',
    '@cache.cached()\ndef price(amount): ...\napp.route("/price/<amount>")(price)',
    '@cache.cached()\n@app.route("/price/<amount>")\ndef price(amount): ...',
    '@cache.cached()\ndef price(amount): ...\nimport site_of\nsite_of.register("/price", price)',
    "@cache.cached()\ndef price(amount): ...\nimport site_of\nsite_of.register(page=price)",
    'from flask_admin import expose\n@expose("/price/<amount>")\n@cache.cached()\ndef price(amount): ...',
    "import site_of\nclass Price(site_of.Page):\n    @cache.cached()\n    def get(self, amount): ...",
    "@cache.cached(make_cache_key=lambda amount: str(amount))\ndef price(amount): ...",
    "@cache.cached(key_prefix=lambda: 'x')\ndef price(amount): ...",
    "import site_of\n@cache.cached(key_prefix=site_of.key())\ndef price(amount): ...",
    "import site_of\n@cache.cached(**site_of.OPTIONS)\ndef price(amount): ...",
    "from cachetools import cached\n@cached(cache={})\ndef price(amount): ...",
    "from functools import cache as remembered\n@remembered\ndef price(amount): ...",
    "def cached(f): return f\n@cached\ndef price(amount): ...",
    "@cache.cached\ndef price(amount): ...",
    "def price(amount): ...\ncache.cached(60)(price, 1)\ncache.cached(60)(print)\ncache.cached(60)(lambda: 1)",
]


@pytest.mark.parametrize(("code", "message"), FIRES)
def test_fires(code: str, message: str) -> None:
    """A helper under cached is found, with what is missing in its key."""
    (found,) = findings(RULE, HEAD + code)
    assert found.level.name == "error"
    assert message in found.message
    assert "memoize" in found.help


@pytest.mark.parametrize("code", SILENT)
def test_stays_silent(code: str) -> None:
    """Views, what may be a view, keys that cannot be known and other libraries are no fault."""
    assert lines(RULE, HEAD + code) == []


def test_a_view_of_another_module_is_no_helper() -> None:
    """A function that another module registers, one by one or from a table, is a view."""
    files = {
        "ext.py": "from flask_caching import Cache\ncache = Cache()\n",
        "views.py": (
            "from ext import cache\n@cache.cached()\ndef one(number): ...\n@cache.cached()\ndef two(number): ...\n"
        ),
        "app.py": (
            "from flask import Flask\nimport views\nROUTES = [('/two/<number>', views.two)]\n"
            "def create_app():\n    app = Flask(__name__)\n"
            "    app.add_url_rule('/one/<number>', 'one', views.one)\n"
            "    for rule, view in ROUTES:\n        app.add_url_rule(rule, view_func=view)\n    return app\n"
        ),
    }
    assert lines(RULE, files) == []


def test_deleting_a_helper_does_not_make_it_a_view() -> None:
    """A function that is only given to delete_memoized is still a helper."""
    code = HEAD + "@cache.cached()\ndef price(amount): ...\ndef change():\n    cache.delete_memoized(price)\n"
    assert lines(RULE, code) == ["app.py:5 error"]


def test_tests_are_no_suspects() -> None:
    """What a test decorates is left alone."""
    code = HEAD + "@cache.cached()\ndef price(amount): ...\nquick = cache.cached()(price)\n"
    assert lines(RULE, {"tests/test_x.py": code}) == []
