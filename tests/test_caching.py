from __future__ import annotations

import pytest

from keck.project.caching import Cached, Key
from tests.support import project

HEAD = """\
from flask import Flask, request
from flask_caching import Cache
app = Flask(__name__)
cache = Cache(app)
def by_page(): return request.args["page"]
"""


def stored(code: str) -> list[Cached]:
    """Return what an app stores."""
    return list(project({"app.py": HEAD + code}).caches.all)


def key(arguments: str, code: str = "") -> Key:
    """Return the key of a view that is cached with these arguments."""
    world = project({"app.py": f"{HEAD}{code}@app.route('/x')\n@cache.cached({arguments})\ndef v(): ...\n"})
    (one,) = world.caches.all
    return world.caches.key(one)


@pytest.mark.parametrize(
    ("code", "name", "memoized"),
    [
        ("@app.route('/x')\n@cache.cached()\ndef v(): ...", "v", False),
        ("@cache.memoize(60)\ndef f(a): ...", "f", True),
        ("class A:\n    @cache.memoize()\n    def f(self): ...", "A.f", True),
        ("def f(a): ...\ng = cache.memoize()(f)", "f", True),
        ("def quick(f): return cache.memoize(5)(f)\n@quick\ndef g(a): ...", "g", True),
        ("def quick(n):\n    def inner(f):\n        return cache.cached(n)(f)\n    return inner\n@quick(5)\ndef g(a): ...", "g", False),
        ("def quick(f):\n    @cache.cached()\n    def inner(): ...\n    return inner\n@quick\ndef g(a): ...", "g", False),
        ("def one(f): return cache.cached()(f)\ndef two(f):\n    @one\n    def inner(): ...\n    return inner\n@two\ndef g(): ...",
         "g", False),
    ],
)  # fmt: skip
def test_what_is_stored_is_seen_in_every_spelling(code: str, name: str, memoized: bool) -> None:
    """Decorators, calls by hand and decorators of the project around them are seen."""
    found = {one.name: one.memoized for one in stored(code)}
    assert found[name] is memoized


@pytest.mark.parametrize(
    "code",
    [
        "def f(): ...",
        "@cache.cached\n@unknown\ndef f(): ...",
        "import x\n@x.cached()\ndef f(): ...",
        "def loop(f): return loop(f)\n@loop\ndef g(): ...",
        (
            "def a(f):\n    @b\n    def inner(): ...\n    return inner\ndef b(f):\n    @a\n    def inner(): ...\n    return inner\n"
            "@a\ndef g(): ..."
        ),
        "import x\nx.cached(1)(print)\ncache.cached(1)(missing)",
        "class Memo:\n    def __call__(self, f): ...\n@Memo()\ndef f(): ...",
        "@app.errorhandler(404)\ndef f(e): ...",
    ],
)
def test_what_is_not_stored_is_left_out(code: str) -> None:
    """Other decorators, circles of decorators and other libraries store nothing here."""
    assert [one.name for one in stored(code) if one.inner.call is not None] == []


def test_a_view_that_is_registered_twice_is_stored_once() -> None:
    """Two registrations of one cached view are two routes of it."""
    (one,) = stored(
        "@cache.cached()\ndef v(): ...\napp.add_url_rule('/a', view_func=v)\napp.add_url_rule('/b', view_func=v)\n"
    )
    assert [route.rules for route in one.routes] == [("/a",), ("/b",)]
    assert one.symbol == "app:v"


def test_a_view_wrapped_by_hand_is_no_helper() -> None:
    """What is wrapped where it is registered is a view, and stored once."""
    (one,) = stored("def v(): ...\napp.add_url_rule('/a', view_func=cache.cached()(v))\n")
    assert len(one.routes) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", Key(known=True)),
        ("60, None", Key(known=True)),
        ("key_prefix='x'", Key(known=True, text="x")),
        ("60, 'x'", Key(known=True, text="x")),
        ("key_prefix=NAME", Key(known=True, text="named")),
        ("query_string=True", Key(known=True, query_string=True)),
        ("query_string=0", Key(known=True)),
        ("query_string=unknown", Key(known=False)),
        ("key_prefix=unknown + 1", Key(known=False)),
        ("key_prefix=7", Key(known=False)),
        ("unless=unknown", Key(known=False)),
        ("*unknown", Key(known=False)),
        ("make_cache_key=unknown", Key(known=False, computed=True, takes_arguments=True)),
        ("key_prefix=print", Key(known=False)),
    ],
)
def test_the_key_is_read_from_the_arguments(arguments: str, expected: Key) -> None:
    """Texts, constants and flags make a key; what cannot be known makes an unknown one."""
    assert key(arguments, "NAME = 'named'\n") == expected


@pytest.mark.parametrize(
    "arguments",
    [
        "key_prefix=by_page",
        "make_cache_key=by_page",
        "key_prefix=lambda: by_page()",
        "key_prefix=LAMBDA",
        "60, by_page",
    ],
)
def test_a_key_that_a_function_makes_depends_on_what_that_reads(arguments: str) -> None:
    """A function that makes the key is followed to what it reads."""
    made = key(arguments, "LAMBDA = lambda: request.args\n")
    assert (made.known, made.computed, made.by_path) == (True, True, False)
    assert made.covers("args")
    assert not made.covers("personal", "host")


def test_a_memoized_function_has_a_key_of_its_arguments() -> None:
    """The key of memoize is known, and what decides on it counts."""
    world = project({"app.py": HEAD + "@cache.memoize(60, unless=lambda: request.method)\ndef f(a): ...\n"})
    made = world.caches.key(world.caches.all[0])
    assert made.known
    assert made.covers("method")


def test_a_path_in_the_key_is_known() -> None:
    """The default key and one with a placeholder hold the path, a constant does not."""
    assert key("").by_path
    assert key("key_prefix='x/%s'").by_path
    assert not key("key_prefix='x'").by_path


def test_calls_that_clear_are_those_of_a_cache_outside_tests() -> None:
    """Methods of the same name on other objects, bare functions and tests are left out."""
    clear = "def f(other):\n    cache.clear()\n    other.clear()\n    clear()\n    {}.clear()\n"
    world = project({"app.py": HEAD + clear, "tests/test_a.py": "from app import cache\ncache.clear()\n"})
    assert [(module.path, call.line) for module, _, call in world.caches.clearings("clear")] == [("app.py", 7)]


def test_what_is_handed_over_is_known() -> None:
    """A function given as an argument is handed over, one that is only cleared is not."""
    world = project(
        {"app.py": HEAD + "def f(): ...\ndef g(): ...\nuse(f, x=1)\nuse(y=g)\ncache.delete_memoized(by_page)\n"}
    )
    found = world.caches.handed_over
    assert {"app:f", "app:g"} <= found
    assert "app:by_page" not in found


@pytest.mark.parametrize(
    ("method", "known"),
    [
        ("cached", False),
        ("memoize", False),
        ("_make_cache_key", False),
        ("clear", True),
    ],
)
def test_a_cache_whose_class_makes_keys(method: str, known: bool) -> None:
    """The key is unknown where the project's own class of cache overrides what makes it."""
    caches = project(
        "from flask import Flask\nfrom flask_caching import Cache\n"
        f"class Base(Cache):\n    def {method}(self, *args): ...\nclass Own(Base): ...\n"
        "app = Flask(__name__)\ncache = Own(app)\n@app.get('/')\n@cache.cached(10)\ndef x(): return ''\n"
    ).caches
    assert [caches.key(one).known for one in caches.all] == [known]
