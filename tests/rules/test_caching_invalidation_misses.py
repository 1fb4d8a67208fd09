from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "caching/invalidation-misses"
HEAD = """\
from flask import Blueprint, Flask
from flask_caching import Cache
app = Flask(__name__)
bp = Blueprint("bp", __name__)
cache = Cache(app)
@app.route("/news")
@cache.cached(60)
def news(): ...
@app.route("/items/<int:number>")
@cache.cached(60)
def item(number): ...
@app.route("/list")
@cache.cached(60, query_string=True)
def listed(): ...
@app.route("/menu")
@cache.cached(60, key_prefix="menu")
def menu(): ...
@app.route("/found")
@cache.cached(60, key_prefix="found", query_string=True)
def found(): ...
@bp.route("/posts/<int:number>")
@cache.cached(60)
def post(number): ...
@cache.memoize(60)
def stars(book: int, by: str = "all"): ...
@cache.memoize(60)
def loose(book, **more): ...
@cache.cached(60, key_prefix="rates")
def rates(): ...
def plain(): ...
class Shop:
    @cache.memoize(60)
    def price(self, number: int): ...
def change(number, unknown):
"""

MISSES = {
    "cache.delete_memoized(news)": "`news()` is cached, not memoized",
    "cache.delete_memoized(rates)": "`rates()` is cached, not memoized",
    "cache.delete_memoized(f=news)": "`news()` is cached, not memoized",
    "cache.delete_memoized(plain)": "`plain()` is not memoized",
    'cache.delete_memoized("stars")': "is given a name",
    'cache.delete_memoized(stars, "1")': "'1' for `book`, which is declared as `int`",
    "cache.delete_memoized(stars, 1, 2)": "2 for `by`, which is declared as `str`",
    'cache.delete_memoized(stars, book="1")': "'1' for `book`",
    "cache.delete_memoized(stars, number=1)": "`number=`, which it does not take",
    "cache.delete_cached(stars, '/x')": "`stars()` is memoized, not cached",
    "cache.delete_cached(post, number=1)": "raises BuildError",
    'cache.delete("/news")': 'the key "/news" is not where `news()` is stored: its key begins with "view/"',
    'cache.delete("news")': '"news" is the endpoint of `news()`',
    'cache.delete("bp.post")': '"bp.post" is the endpoint of `post()`',
    'cache.delete("view/news")': "which begins with a slash",
    'cache.delete("view//list")': "with `query_string=True` its key ends in a hash",
    'cache.delete("found")': "only how a stored key begins",
    'cache.delete(f"/items/{number}")': 'a key that begins with "/items/" is not where `item()` is stored',
    'cache.delete("/items/" + number)': 'its key begins with "view/"',
    'cache.delete("/items/%s" % number)': 'its key begins with "view/"',
    'cache.delete(f"view/items/{number}")': "which begins with a slash",
    'cache.delete("/shop/posts/" + number)': "is not where `post()` is stored",
    "cache.delete(key='/news')": 'its key begins with "view/"',
}

HITS = [
    "cache.delete_memoized(stars)",
    "cache.delete_memoized(stars, 1)",
    "cache.delete_memoized(stars, number)",
    'cache.delete_memoized(stars, 1, "all")',
    'cache.delete_memoized(stars, book=1, by="all")',
    "cache.delete_memoized(stars, True)",
    "cache.delete_memoized(stars, *unknown)",
    "cache.delete_memoized(stars, **unknown)",
    'cache.delete_memoized(loose, "1", other=2)',
    'cache.delete_memoized(Shop.price, "1")',
    "cache.delete_memoized(unknown)",
    "cache.delete_memoized()",
    "cache.delete_memoized(number.stars)",
    'cache.delete_cached(news, "/news")',
    "cache.delete_cached(news)",
    "cache.delete_cached(item, number=1)",
    'cache.delete_cached(post, path="/posts/1")',
    "cache.delete_cached(post, **unknown)",
    "cache.delete_cached(plain, '/x')",
    "cache.delete_cached(unknown, '/x')",
    'cache.delete("view//news")',
    'cache.delete("view//items/1")',
    'cache.delete(f"view//items/{number}")',
    'cache.delete("view/" + number)',
    'cache.delete("menu")',
    'cache.delete("rates")',
    'cache.delete("something")',
    'cache.delete("/elsewhere")',
    "cache.delete(number)",
    'cache.delete(f"{number}/news")',
    "cache.delete()",
    "cache.clear()",
    'unknown.delete("/news")',
    "unknown.cache.delete_memoized(news)",
]


@pytest.mark.parametrize("call", MISSES)
def test_a_miss_is_found(call: str) -> None:
    """A call that clears nothing, or raises, is an error that says why."""
    (found,) = findings(RULE, HEAD + "    " + call)
    assert (found.level.name, found.place.line) == ("error", HEAD.count("\n") + 1)
    assert MISSES[call] in found.message


@pytest.mark.parametrize("call", HITS)
def test_a_hit_or_what_cannot_be_known_is_no_fault(call: str) -> None:
    """What clears what it says, or may, stays silent."""
    assert lines(RULE, HEAD + "    " + call) == []


@pytest.mark.parametrize(
    "write",
    [
        'cache.set("/news", 1)',
        'cache.add("/news", 1)',
        'cache.get("/news")',
        'cache.set(f"/news{number}", 1)',
        "cache.set(number, 1)",
        "cache.set(KEY, 1)",
        "cache.set(key=unknown, value=1)",
        "cache.set_many({number: 1})",
    ],
)
def test_a_key_that_the_project_writes_itself_is_no_fault(write: str) -> None:
    """Keys that the project sets, or may set, are its own."""
    code = 'KEY = "/news"\n' + HEAD + f'    {write}\n    cache.delete("/news")\n'
    assert lines(RULE, code) == []


def test_another_key_that_the_project_writes_excuses_nothing() -> None:
    """A known other key does not make a bare path right."""
    code = (
        HEAD
        + '    cache.set("total", 1)\n    cache.set(KEY, 2)\n    cache.delete("/news")\n    cache.delete("total")\n'
    )
    assert lines(RULE, 'KEY = "k"\n' + code) == [f"app.py:{HEAD.count(chr(10)) + 4} error"]


@pytest.mark.parametrize("read", ["cache.get(number)", "cache.has(unknown)", "cache.get()"])
def test_a_key_that_is_only_read_excuses_nothing(read: str) -> None:
    """What is looked up under a key that cannot be known says nothing of what is written."""
    code = HEAD + f'    {read}\n    cache.delete("/news")\n'
    assert lines(RULE, code) == [f"app.py:{HEAD.count(chr(10)) + 2} error"]


def test_strangers_and_tests_are_left_alone() -> None:
    """A Redis client's delete, a dict's and those of tests are not judged."""
    code = HEAD.replace("flask_caching", "cachelib")
    assert lines(RULE, code + '    cache.delete("/news")\n') == []
    assert lines(RULE, {"tests/test_a.py": HEAD + '    cache.delete("/news")\n'}) == []
    decorated = HEAD + "    cache.delete_memoized(other)\nimport lib\n@lib.memo\ndef other(): ...\n"
    assert lines(RULE, decorated) == []


def test_one_function_may_be_both() -> None:
    """What is memoized by hand may be cleared by the name of the function inside."""
    code = HEAD + "    cache.delete_memoized(plain)\nquick = cache.memoize(60)(plain)\n"
    assert lines(RULE, code) == []


def test_the_help_fits_the_version() -> None:
    """Before 2.5 there is no delete_cached to recommend."""
    files = {"app.py": HEAD + "    cache.delete_memoized(news)\n"}
    (new,) = findings(RULE, files)
    (old,) = findings(RULE, {**files, "requirements.txt": "flask-caching==2.3.1"})
    assert "delete_cached(news, path)" in new.help
    assert "delete_cached" not in old.help


WORKERS = "web: gunicorn -w 4 app:app\n"
SIMPLE = HEAD.replace("cache = Cache(app)", "app.config['CACHE_TYPE'] = 'SimpleCache'\ncache = Cache(app)")


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": SIMPLE + "    cache.delete_memoized(stars)\n", "Procfile": WORKERS},
        {"app.py": SIMPLE + "    cache.clear()\n", "gunicorn.conf.py": "workers = 4\n"},
        {
            "app.py": SIMPLE + "    cache.clear()\n",
            "conf/guni.py": "",
            "conf/gunicorn_prod.py": "workers = 4\n",
            "start.sh": "gunicorn -c conf/gunicorn_prod.py app:app\n",
        },
        {
            "app.py": HEAD.replace("Cache(app)", "Cache(app, config={'CACHE_TYPE': 'SimpleCache'})")
            + "    cache.clear()\n",
            "Procfile": WORKERS,
        },
    ],
)
def test_a_cache_of_one_process_among_several_is_found(files: dict[str, str]) -> None:
    """Clearing a SimpleCache where several processes are known to serve the app clears one of them."""
    assert ["one in each process" in one.message for one in findings(RULE, files)] == [True]


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": SIMPLE + "    cache.clear()\n"},
        {"app.py": SIMPLE + "    cache.clear()\n", "Procfile": "web: gunicorn -w 1 app:app\n"},
        {"app.py": SIMPLE + "    pass\n", "Procfile": WORKERS},
        {"app.py": SIMPLE.replace("SimpleCache", "RedisCache") + "    cache.clear()\n", "Procfile": WORKERS},
        {"app.py": HEAD + "    cache.clear()\n", "Procfile": WORKERS},
        {"app.py": SIMPLE.replace("'SimpleCache'", "unknown") + "    cache.clear()\n", "Procfile": WORKERS},
        {
            "app.py": SIMPLE + "    cache.clear()\n",
            "scripts/gunicorn_old.py": "workers = 4\n",
            "start.sh": "flask run\n",
        },
    ],
)
def test_one_process_a_shared_backend_or_no_clearing_is_no_fault(files: dict[str, str]) -> None:
    """Without several processes, a backend known to be private, and a clearing, there is nothing to tell."""
    assert lines(RULE, files) == []
