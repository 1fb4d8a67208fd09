"""How the answers of a view are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from keck.live.record import CacheUse
from tests.live.making import make, only

CASES: dict[str, tuple[str, str, float | None, bool]] = {
    "path": ("cache.cached()", "path", None, False),
    "seconds": ("cache.cached(30)", "path", 30, False),
    "span": ("cache.cached(timedelta(minutes=2))", "path", 120, False),
    "query": ("cache.cached(query_string=True)", "path and query string", None, False),
    "constant": ("cache.cached(key_prefix='home')", 'the constant "home"', None, False),
    "prefix by function": ("cache.cached(key_prefix=by_user)", "NAME.by_user()", None, True),
    "key by function": ("cache.cached(make_cache_key=by_user)", "NAME.by_user()", None, True),
    "memoize": ("cache.memoize(9)", "arguments", 9, False),
    "memoize some": ("cache.memoize(args_to_ignore=['page'])", "arguments except page", None, False),
    "memoize by name": ("cache.memoize(make_name=by_user)", "arguments", None, True),
}
SOURCE = """
from datetime import timedelta
cache = Cache(app)
other = Cache()

def by_user(*args, **kwargs):
    return "u"

def never():
    return False

@app.get("/x")
@{}
def view(page=1):
    return "x"
"""


def use(source: str, folder: Path) -> tuple[str, CacheUse]:
    """Return the name of the module of a view that is kept so, and how it is."""
    module = make(folder, SOURCE.format(source))
    (found,) = only(module.app).cache
    return module.__name__, found


@pytest.mark.parametrize("name", CASES)
def test_the_key_and_the_time(name: str, tmp_path: Path) -> None:
    """What tells one answer from another, for how long, and who says so, is read from the wrapper."""
    source, key, timeout, personal = CASES[name]
    module, found = use(source, tmp_path)
    assert (found.key, found.timeout, found.personal) == (key.replace("NAME", module), timeout, personal)
    assert (found.details["bound"], found.details["backend"]) == (True, "SimpleCache")


def test_details(tmp_path: Path) -> None:
    """Arguments that hold answers back are named."""
    module, found = use("cache.cached(unless=never, response_filter=by_user, key_prefix=by_user)", tmp_path)
    assert found.details == {
        "bound": True,
        "backend": "SimpleCache",
        "unless": f"{module}.never()",
        "response_filter": f"{module}.by_user()",
        "query_string": False,
        "key_prefix": f"{module}.by_user()",
        "untrue": {},
    }


def test_a_cache_of_another_app(tmp_path: Path) -> None:
    """A cache that is not bound to the app is told as such."""
    _, found = use("other.cached(5)", tmp_path)
    assert (found.details["bound"], found.details["backend"]) == (False, "")


def test_an_app_without_a_cache(tmp_path: Path) -> None:
    """A view may be kept by a cache where the app has none at all."""
    module = make(tmp_path, "cache = Cache()\n@app.get('/x')\n@cache.cached(5)\ndef view():\n    return 'x'\n")
    (found,) = only(module.app).cache
    assert found.details["bound"] is False
