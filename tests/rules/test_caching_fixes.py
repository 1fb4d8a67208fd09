"""The fixes of the rules on caches."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixes

HELPER = "caching/cached-on-function-with-arguments"
COARSE = "caching/key-too-coarse"
NON_GET = "caching/cached-non-get"
TYPE = "caching/type-not-caching"
MISSES = "caching/invalidation-misses"
HEAD = """\
from flask import Blueprint, Flask, request
from flask_caching import Cache
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
bp = Blueprint("bp", __name__, url_prefix="/bp")
cache = Cache(app, config={"CACHE_TYPE": "SimpleCache"})
db = SQLAlchemy(app)
"""
PRICE = "@{}\ndef price(amount): return amount\n"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("cache.cached(60)", "cache.memoize(60)"),
        ("cache.cached()", "cache.memoize()"),
        ("cache.cached(timeout=60, unless=lambda: False)", "cache.memoize(timeout=60, unless=lambda: False)"),
        ('cache.cached(timeout=60, key_prefix="price")', "cache.memoize(timeout=60)"),
        ('cache.cached(\n    timeout=60,\n    key_prefix="price",\n)', "cache.memoize(\n    timeout=60,\n)"),
    ],
)
def test_memoize(wrong: str, right: str) -> None:
    """`cached` becomes `memoize`, with the options that both have."""
    assert fixed(HELPER, HEAD + PRICE.format(wrong)) == HEAD + PRICE.format(right)


def test_memoize_by_hand() -> None:
    """What is applied by hand is mended as well."""
    wrong = "def price(amount): return amount\nprice = cache.cached(60)(price)\n"
    assert fixed(HELPER, HEAD + wrong) == HEAD + wrong.replace("cached", "memoize")


def test_memoize_of_the_database() -> None:
    """Where rows are kept without a timeout, nothing clears them from then on: that is unsafe."""
    text = HEAD + "@cache.cached()\ndef price(amount): return db.session.get(Price, amount)\n"
    (fix,) = fixes(HELPER, text)
    assert fix is not None
    assert (fix.safe, "nothing that clears them" in fix.changes) == (False, True)
    (bounded,) = fixes(HELPER, text.replace("cached()", "cached(60)"))
    assert bounded is not None
    assert bounded.safe


@pytest.mark.parametrize(
    "text",
    [
        PRICE.format("minute").replace("@minute", "minute = cache.cached(60)\n@minute"),
        PRICE.format('cache.cached(60, "price")'),
        PRICE.format("cache.cached(new_option=1)"),
        PRICE.format('cache.cached(key_prefix="price")') + 'cache.delete("price")\n',
        PRICE.format('cache.cached(key_prefix="price")') + 'cache.get("price")\n',
        "class A:\n    @cache.cached()\n    def price(self, amount): return amount\n",
        "@(lambda: cache)().cached()\ndef price(amount): return amount\n",
    ],
)
def test_no_memoize(text: str) -> None:
    """A decorator in a variable, options of one only, keys that are used, methods: the user decides."""
    assert [one for one in fixes(HELPER, HEAD + text) if one is not None] in ([], [None])


def test_memoize_of_a_static_method() -> None:
    """A static method has no instance in its key."""
    wrong = "class A:\n    @staticmethod\n    @cache.cached(60)\n    def price(amount): return amount\n"
    assert fixed(HELPER, HEAD + wrong) == HEAD + wrong.replace("cached", "memoize")


BOOKS = '@app.get("/books")\n@{}\ndef books(): return request.args.get("page", "")\n'
BOOK = '@app.get("/books/<int:number>")\n@{}\ndef book(number): return str(number)\n'


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (BOOKS.format("cache.cached(60)"), BOOKS.format("cache.cached(60, query_string=True)")),
        (BOOKS.format("cache.cached()"), BOOKS.format("cache.cached(query_string=True)")),
        (BOOKS.format("cache.cached(query_string=False)"), BOOKS.format("cache.cached(query_string=True)")),
        (BOOK.format('cache.cached(timeout=6, key_prefix="book")'), BOOK.format("cache.cached(timeout=6)")),
    ],
)
def test_key(wrong: str, right: str) -> None:
    """The query string goes into the key, and a constant key goes."""
    assert fixed(COARSE, HEAD + wrong) == HEAD + right
    assert all(one is not None and one.safe for one in fixes(COARSE, HEAD + wrong))


@pytest.mark.parametrize("text", [BOOKS.format("cache.cached(60)"), BOOK.format('cache.cached(key_prefix="book")')])
def test_key_that_something_clears(text: str) -> None:
    """Where the project clears the cache by keys, they may have to be others."""
    (fix,) = fixes(COARSE, HEAD + text + 'def clear(): cache.delete("other")\n')
    assert fix is not None
    assert (fix.safe, "clears the cache" in fix.changes) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        BOOKS.format("cache.cached()").replace("request.args", "request.headers"),
        BOOKS.format('cache.cached(60, "books")'),
        BOOKS.format('cache.cached(key_prefix="books")'),
        BOOKS.format("minute").replace("@minute", "@minute").replace("@app", "minute = cache.cached(60)\n@app", 1),
        BOOK.format('cache.cached(60, "book")'),
        "BOOK = 'book'\n" + BOOK.format("cache.cached(key_prefix=BOOK)"),
        BOOK.format("minute").replace("@app", 'minute = cache.cached(key_prefix="book")\n@app', 1),
    ],
)
def test_no_key(text: str) -> None:
    """Headers, keys of the project's own, decorators in variables: the user decides."""
    assert fixes(COARSE, HEAD + text) == [None]


BOTH = '@app.route("/notes", methods=["GET", "POST"])\n@{}\ndef notes(): return ""\n'


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("cache.cached(60)", 'cache.cached(60, unless=lambda: request.method != "GET")'),
        ("cache.cached()", 'cache.cached(unless=lambda: request.method != "GET")'),
        (
            "cache.cached(\n    timeout=60,\n)",
            'cache.cached(\n    timeout=60,\n    unless=lambda: request.method != "GET",\n)',
        ),
    ],
)
def test_only_get(wrong: str, right: str) -> None:
    """All but GET passes the cache by, which runs the view more often."""
    assert fixed(NON_GET, HEAD + BOTH.format(wrong)) == HEAD + BOTH.format(right)
    (fix,) = fixes(NON_GET, HEAD + BOTH.format(wrong))
    assert fix is not None
    assert not fix.safe


def test_only_get_imports() -> None:
    """What the new option reads is imported."""
    text = HEAD.replace(", request", "") + BOTH.format("cache.cached()")
    assert "from flask import Blueprint, Flask, request\n" in fixed(NON_GET, text)


@pytest.mark.parametrize(
    "text",
    [
        BOTH.format("cache.cached(unless=f)").replace("=f)", "=lambda: False)"),
        BOTH.format('cache.cached(60, "k", None)'),
        BOTH.format("cache.cached()").replace('"GET", ', ""),
        BOTH.format("minute").replace("@app", "minute = cache.cached(60)\n@app", 1),
    ],
)
def test_not_only_get(text: str) -> None:
    """Options that are there, views that only write, decorators in variables: the user decides."""
    assert fixes(NON_GET, HEAD + text) == [None]


@pytest.mark.parametrize(
    ("old", "new"),
    [("simple", "SimpleCache"), ("redis", "RedisCache"), ("filesystem", "FileSystemCache"), ("null", "NullCache")],
)
def test_type(old: str, new: str) -> None:
    """An old name becomes the new one, wherever it stands."""
    plain = 'from flask import Flask\nfrom flask_caching import Cache\napp = Flask(__name__)\napp.config["CACHE_TYPE"] = {}\ncache = Cache(app)\n'
    assert fixed(TYPE, plain.format(f'"{old}"')) == plain.format(f'"{new}"')
    asked = "import os\nfrom flask import Flask\nfrom flask_caching import Cache\napp = Flask(__name__)\n"
    asked += 'cache = Cache(app, config={{"CACHE_TYPE": os.environ.get("TYPE", "{}")}})\n'
    assert fixed(TYPE, asked.format(old)) == asked.format(new)


@pytest.mark.parametrize("value", ['"uwsgi"', '"SimpleCach"', '"sim" "ple".strip()', '"SIMPLE".lower()', "None"])
def test_no_type(value: str) -> None:
    """A backend that is gone, a name that is none, and one that is computed: the user decides."""
    text = f'from flask import Flask\nfrom flask_caching import Cache\napp = Flask(__name__)\ncache = Cache(app, config={{"CACHE_TYPE": {value}}})\n'
    assert [one for one in fixes(TYPE, text) if one is not None] == []


CLEARED = """\
@app.get("/news")
@cache.cached(60)
def news(): return ""
@bp.get("/prices")
@cache.cached(60)
def prices(): return ""
app.register_blueprint(bp)
@app.get("/one/<int:n>")
@cache.cached(60)
def one(n): return ""
@app.get("/home")
@cache.cached(60, key_prefix="home")
def home(): return ""
@app.get("/found")
@cache.cached(60, query_string=True)
def found(): return request.args.get("q", "")
@app.get("/a")
@app.get("/b")
@cache.cached(60)
def twice(): return ""
@cache.memoize(60)
def rating(book: int, name: str = ""): return book
"""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('cache.delete("/news")', 'cache.delete("view//news")'),
        ("cache.delete('view/news')", "cache.delete('view//news')"),
        ('cache.delete(key="news")', 'cache.delete(key="view//news")'),
        ('cache.delete("bp.prices")', 'cache.delete("view//bp/prices")'),
        ('cache.delete("/bp/prices")', 'cache.delete("view//bp/prices")'),
        ("cache.delete_memoized(news)", 'cache.delete("view//news")'),
        ("cache.delete_memoized(home)", 'cache.delete("home")'),
        ('cache.delete_memoized("rating")', "cache.delete_memoized(rating)"),
        ('cache.delete_memoized(rating, "1")', "cache.delete_memoized(rating, 1)"),
        ("cache.delete_memoized(rating, 1, 2)", 'cache.delete_memoized(rating, 1, "2")'),
        ("cache.delete_memoized(rating, book='007')", "cache.delete_memoized(rating, book=7)"),
        ("cache.delete_cached(rating)", "cache.delete_memoized(rating)"),
    ],
)
def test_clearing(wrong: str, right: str) -> None:
    """The key, function, method or argument that is meant is written."""
    around = HEAD + CLEARED + "def clear():\n    "
    assert fixed(MISSES, f"{around}{wrong}\n") == f"{around}{right}\n"
    assert all(one is not None and one.safe for one in fixes(MISSES, f"{around}{wrong}\n"))


@pytest.mark.parametrize(
    "wrong",
    [
        'cache.delete("/one/1")',
        'cache.delete(f"/one/{n}")',
        'cache.delete("one")',
        'cache.delete("/prices")',
        'cache.delete("view/prices")',
        'cache.delete("/a")',
        "cache.delete_memoized(one)",
        "cache.delete_memoized(one, 1)",
        "cache.delete_memoized(found)",
        "cache.delete_memoized(twice)",
        "cache.delete_memoized(news, 1)",
        'cache.delete_memoized("news")',
        'cache.delete_memoized("no.name")',
        'cache.delete_memoized("unheard_of")',
        'cache.delete_memoized(rating, "first")',
        "cache.delete_memoized(rating, isbn=1)",
        "cache.delete_memoized(clear)",
        "cache.delete_cached(rating, 1)",
        "cache.delete_cached(prices, n=1)",
        'cache.delete("view//found")',
    ],
)
def test_no_clearing(wrong: str) -> None:
    """Where the path has parameters or is one of several, or nobody can tell what is meant, the user decides."""
    assert [one for one in fixes(MISSES, HEAD + CLEARED + f"def clear():\n    {wrong}\n") if one is not None] == []
