"""The rules on the order of caches, limits and CORS, on live apps."""

from __future__ import annotations

import pytest

from tests.live_support import booted, live, skipped
from tests.rules.live.shop import LIMITS

CROSS = "together/cached-above-cross-origin"
LIMIT = "together/cached-outside-limit"
PREFLIGHT = "together/preflight-counted"
CLASS = (
    "class V(MethodView):\n    decorators = [{}]\n    def get(self): return {{}}\n    def post(self): return {{}}\n"
    'app.add_url_rule("/x", view_func=V.as_view("x"))'
)


def view(*decorators: str) -> str:
    """Return an app with one view under decorators."""
    stack = "".join(f"@{one}\n" for one in decorators)
    return f'{LIMITS}@app.route("/x", methods=["GET", "POST"])\n{stack}def x(): return {{}}\n'


@pytest.mark.parametrize(
    "text",
    [
        view("cache.cached()", "cross_origin()"),
        view("cache.memoize()", "jwt_required()", "cross_origin()"),
        LIMITS + CLASS.format("cross_origin(), cache.cached()"),
    ],
)
def test_a_cache_outside_cross_origin_is_found(text: str) -> None:
    """A preflight is kept for all, in whichever way both were put on; told once for a view of several methods."""
    (one,) = live(CROSS, text)
    assert one.symbol == "x"
    assert "the answer to a preflight is stored" in one.message


@pytest.mark.parametrize(
    "text",
    [
        view("cross_origin()", "cache.cached()"),
        view("cache.cached()"),
        view("cross_origin()"),
        view("cache.cached(unless=lambda: True)", "cross_origin()"),
        view("cache.cached(key_prefix=lambda: request.method)", "cross_origin()"),
        view("cache.cached()", "cross_origin(automatic_options=False)"),
        view("Cache().cached()", "cross_origin()"),
    ],
)
def test_a_cache_that_keeps_no_preflight_is_silent(text: str) -> None:
    """The right order, a key of the project's own, preflights that go elsewhere, and a cache that serves nobody."""
    assert live(CROSS, text) == []


@pytest.mark.parametrize(
    "text",
    [
        view("cache.cached()", 'limiter.limit("5/minute")'),
        view("cache.memoize()", "jwt_required()", 'limiter.limit("5/minute")'),
        LIMITS + CLASS.format('limiter.limit("5/minute"), cache.cached()'),
    ],
)
def test_a_cache_outside_a_limit_is_found(text: str) -> None:
    """Hits are not counted, and a refusal is kept."""
    (one,) = live(LIMIT, text)
    assert (one.symbol, one.level.name) == ("x", "warning")
    assert "`5 per 1 minute`" in one.message


@pytest.mark.parametrize(
    "text",
    [
        view('limiter.limit("5/minute")', "cache.cached()"),
        view("cache.cached(response_filter=lambda r: True)", 'limiter.limit("5/minute")'),
        view("cache.cached()"),
        view('limiter.limit("5/minute")'),
        view("Cache().cached()", 'limiter.limit("5/minute")'),
        view("cache.cached()").replace("app=app,", 'app=app, default_limits=["9/day"],'),
    ],
)
def test_a_cache_inside_its_limits_is_silent(text: str) -> None:
    """The right order, a filter for what is kept, general limits, and a cache that serves nobody."""
    assert live(LIMIT, text) == []


def test_a_limit_outside_cross_origin_is_found() -> None:
    """A preflight is answered inside the limit, and counted; told once for a view of several methods."""
    (one,) = live(PREFLIGHT, view('limiter.limit("5/minute")', "cross_origin()"))
    assert one.symbol == "x"
    assert one.message.startswith("`5 per 1 minute` of `x()` stands outside `@cross_origin()`")


@pytest.mark.parametrize(
    "text",
    [
        view("cross_origin()", 'limiter.limit("5/minute")'),
        view('limiter.limit("5/minute", methods=["POST"])', "cross_origin()"),
        view('limiter.limit("5/minute", per_method=True)', "cross_origin()"),
        view('limiter.limit("5/minute", exempt_when=lambda: False)', "cross_origin()"),
        view('limiter.limit("5/minute")', "cross_origin(automatic_options=False)"),
        view('limiter.limit("5/minute")'),
        view("cross_origin()"),
    ],
)
def test_a_limit_that_counts_no_preflight_is_silent(text: str) -> None:
    """The right order, a limit for some methods or each, and preflights that go elsewhere."""
    assert live(PREFLIGHT, text) == []


def test_a_filter_decides() -> None:
    """Where a request filter is registered, nothing is said."""
    text = view('limiter.limit("5/minute")', "cross_origin()") + "@limiter.request_filter\ndef f(): return False\n"
    assert skipped(PREFLIGHT, booted(text)) == "a request filter decides what is counted"
