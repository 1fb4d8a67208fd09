"""The rules on caches, on live apps."""

from __future__ import annotations

import pytest

from keck.finding import Level
from tests.live_support import booted, findings, live, skipped
from tests.rules.live.shop import APP, CACHE

ABOVE = "together/cached-above-auth"
PERSONAL = "together/cached-personal-answer"
NON_GET = "caching/cached-non-get"
COARSE = "caching/key-too-coarse"
HELPER = "caching/cached-on-function-with-arguments"
TYPE = "caching/type-not-caching"
PREFIX = "caching/empty-key-prefix"
REDIS = "redis://localhost:1/0"


@pytest.mark.parametrize(
    "view",
    [
        '@app.get("/me")\n@cache.cached()\n@jwt_required()\ndef me(): return {}',
        '@app.get("/me")\n@cache.cached(timeout=9)\n@jwt_required(fresh=True)\ndef me(): return {}',
        (
            "def guard(view):\n    @functools.wraps(view)\n    def inner(*args, **kwargs):\n        verify_jwt_in_request()\n"
            '        return view(*args, **kwargs)\n    return inner\n\n@app.get("/me")\n@cache.cached()\n@guard\ndef me(): return {}'
        ),
        (
            "class Me(MethodView):\n    decorators = [jwt_required(), cache.cached()]\n    def get(self): return {}\n"
            'app.add_url_rule("/me", view_func=Me.as_view("me"))'
        ),
        '@app.get("/me")\n@jwt_required()\n@cache.cached()\n@jwt_required(fresh=True)\ndef me(): return {}',
    ],
)
def test_cache_outside_a_guard_is_found(view: str) -> None:
    """A guard inside a cache is passed by on a hit, in whichever way both were put on."""
    (one,) = live(ABOVE, CACHE + view)
    assert (one.symbol, one.level) == ("me", Level.error)
    assert "once someone was let in" in one.message


@pytest.mark.parametrize(
    "view",
    [
        '@app.get("/me")\n@jwt_required()\n@cache.cached()\ndef me(): return {}',
        '@app.get("/me")\n@cache.cached()\n@jwt_required(optional=True)\ndef me(): return {}',
        '@app.get("/me")\n@cache.cached(key_prefix=lambda: request.headers["Authorization"])\n@jwt_required()\ndef me(): return {}',
        '@app.get("/me")\n@cache.cached(make_cache_key=lambda *a, **k: "x")\n@jwt_required()\ndef me(): return {}',
        '@app.get("/me")\n@cache.cached(unless=lambda: True)\n@jwt_required()\ndef me(): return {}',
        '@app.get("/me")\n@cache.cached()\ndef me(): return {}',
        '@app.before_request\ndef guard():\n    verify_jwt_in_request()\n\n@app.get("/me")\n@cache.cached()\ndef me(): return {}',
        '@app.get("/me")\n@jwt_required()\ndef me(): return {}',
        'other = Cache()\n@app.get("/me")\n@other.cached()\n@jwt_required()\ndef me(): return {}',
    ],
)
def test_cache_inside_its_guards_is_silent(view: str) -> None:
    """A guard that runs first, a key of the project's own, and a cache that serves nobody are well."""
    assert live(ABOVE, CACHE + view) == []


@pytest.mark.parametrize(
    ("view", "read"),
    [
        (
            '@app.get("/me")\n@jwt_required()\n@cache.cached()\ndef me(): return {"id": get_jwt_identity()}',
            "get_jwt_identity",
        ),
        ('@app.get("/me")\n@cache.cached()\ndef me(): return {"cart": session["cart"]}', "session"),
        ('@app.get("/me")\n@cache.cached()\ndef me(): return {"seen": request.cookies.get("seen")}', "request.cookies"),
    ],
)
def test_answer_by_who_asks_is_found(view: str, read: str) -> None:
    """A view that reads who asks is cached for everybody."""
    (one,) = live(PERSONAL, CACHE + view)
    assert one.symbol == "me"
    assert read in one.message


@pytest.mark.parametrize(
    "view",
    [
        '@app.get("/me")\n@jwt_required()\n@cache.cached(key_prefix=lambda: f"me/{get_jwt_identity()}")\ndef me(): return {"id": get_jwt_identity()}',
        '@app.get("/me")\n@jwt_required()\n@cache.cached()\ndef me(): return {"all": "the same"}',
        '@app.get("/me")\n@cache.cached(unless=lambda: "id" in session)\ndef me(): return {"id": session.get("id")}',
        '@app.get("/me")\n@cache.cached()\n@jwt_required()\ndef me(): return {"id": get_jwt_identity()}',
        '@app.get("/me")\n@jwt_required()\ndef me(): return {"id": get_jwt_identity()}',
    ],
)
def test_answer_for_everybody_is_silent(view: str) -> None:
    """What is the same for all, has its caller in the key, or is told as passing its guard by, is no finding."""
    assert live(PERSONAL, CACHE + view) == []


@pytest.mark.parametrize(
    ("view", "part"),
    [
        ('@app.route("/x", methods=["GET", "POST"])\n@cache.cached()\ndef x(): return {}', "a stored answer is given"),
        ('@app.post("/x")\n@cache.cached()\ndef x(): return {}', "the first answer is given to all"),
        (
            '@app.route("/x", methods=["PUT", "DELETE"])\n@cache.cached()\ndef x(): return {}',
            "the first answer is given to all",
        ),
    ],
)
def test_cached_writing_is_found(view: str, part: str) -> None:
    """A cache does not look at the method."""
    (one,) = live(NON_GET, CACHE + view)
    assert part in one.message


@pytest.mark.parametrize(
    "view",
    [
        '@app.get("/x")\n@cache.cached()\ndef x(): return {}',
        '@app.post("/x")\n@cache.cached(unless=lambda: request.method != "GET")\ndef x(): return {}',
        '@app.post("/x")\n@cache.cached(make_cache_key=lambda *a, **k: request.get_data())\ndef x(): return {}',
        '@app.post("/x")\ndef x(): return {}',
        '@app.post("/x")\n@cache.memoize()\ndef x(): return {}',
        (
            "class X(MethodView):\n    @cache.cached()\n    def get(self): return {}\n    def post(self): return {}\n"
            'app.add_url_rule("/x", view_func=X.as_view("x"))'
        ),
    ],
)
def test_cached_reading_is_silent(view: str) -> None:
    """A view that answers GET alone, or tells methods apart, is well."""
    assert live(NON_GET, CACHE + view) == []


@pytest.mark.parametrize(
    ("view", "help"),
    [
        (
            '@app.get("/x")\n@cache.cached()\ndef x(): return {"page": request.args.get("page")}',
            "pass `query_string=True`",
        ),
        (
            '@app.get("/x")\n@cache.cached(query_string=True)\ndef x(): return {"l": request.headers["Accept-Language"]}',
            "pass as `key_prefix`",
        ),
        (
            '@app.get("/x/<int:id>")\n@cache.cached(key_prefix="x")\ndef x(id): return {"id": id}',
            "leave `key_prefix` out",
        ),
    ],
)
def test_coarse_keys_are_found(view: str, help: str) -> None:
    """A key without the query string, the headers or the URL that the answer depends on."""
    (one,) = live(COARSE, CACHE + view)
    assert one.help.startswith(help)


@pytest.mark.parametrize(
    "view",
    [
        '@app.get("/x")\n@cache.cached(query_string=True)\ndef x(): return {"page": request.args.get("page")}',
        '@app.get("/x/<int:id>")\n@cache.cached()\ndef x(id): return {"id": id}',
        '@app.get("/x/<int:id>")\n@cache.cached(key_prefix="x/%s")\ndef x(id): return {"id": id}',
        '@app.get("/x")\n@cache.cached(key_prefix="x")\ndef x(): return {}',
        '@app.get("/x")\n@cache.cached(key_prefix=lambda: request.full_path)\ndef x(): return {"page": request.args.get("page")}',
        '@app.get("/x")\ndef x(): return {"page": request.args.get("page")}',
    ],
)
def test_fine_keys_are_silent(view: str) -> None:
    """A key that holds what the answer depends on is well."""
    assert live(COARSE, CACHE + view) == []


def test_helpers_under_cached_are_found() -> None:
    """A function with arguments that is no view shares one value for all of them; without arguments it may be meant."""
    text = (
        '@cache.cached()\ndef price(item): return 1\n\n@cache.cached(key_prefix="rates")\ndef rates(): return 2\n\n'
        '@cache.memoize()\ndef total(item): return 3\n\n@app.get("/x/<int:id>")\n@cache.cached()\ndef x(id): return {}\n'
    )
    (one,) = live(HELPER, CACHE + text)
    assert one.symbol.endswith("price")
    assert "`item`" in one.message


@pytest.mark.parametrize(
    ("config", "level"),
    [("", Level.error), ('app.config["CACHE_TYPE"] = "NullCache"\n', Level.warning)],
)
def test_caches_that_keep_nothing_are_found(config: str, level: Level) -> None:
    """A cache without a type is an error, one that was told to keep nothing a warning."""
    text = APP.replace('CACHE_TYPE="SimpleCache", ', "").replace('CACHE_TYPE="SimpleCache",', "")
    (one,) = live(TYPE, text + config + "cache = Cache(app)\n")
    assert (one.symbol, one.level) == ("CACHE_TYPE", level)


@pytest.mark.parametrize(("config", "environment"), [("TESTING=True", {}), ("ENV=1", {"FLASK_DEBUG": "1"})])
def test_caches_of_tests_may_keep_nothing(config: str, environment: dict[str, str]) -> None:
    """In tests and in debug mode nothing need be kept."""
    text = APP + f'app.config.update(CACHE_TYPE="NullCache", {config})\ncache = Cache(app)\n'
    app = booted(text, environment=environment)
    assert findings(TYPE, app) == []
    assert "where nothing need be cached" in skipped(TYPE, app)


def test_caches_that_keep_are_silent() -> None:
    """A cache with a backend is well."""
    assert live(TYPE, CACHE) == []


def test_empty_prefix_in_redis_is_found() -> None:
    """Clearing a cache without a prefix clears the whole Redis."""
    (one,) = live(
        PREFIX,
        APP
        + f'app.config.update(CACHE_TYPE="RedisCache", CACHE_REDIS_URL="{REDIS}", CACHE_KEY_PREFIX="")\ncache = Cache(app)',
    )
    assert "`cache.clear()` would empty all of localhost:1/0" in one.message


@pytest.mark.parametrize(
    "config",
    [
        f'CACHE_TYPE="RedisCache", CACHE_REDIS_URL="{REDIS}", CACHE_KEY_PREFIX="shop:"',
        'CACHE_KEY_PREFIX=""',
        f'CACHE_TYPE="RedisCache", CACHE_REDIS_URL="{REDIS}"',
    ],
)
def test_other_prefixes_are_silent(config: str) -> None:
    """A prefix of its own, the default one, and a cache in memory are well."""
    assert live(PREFIX, APP + f"app.config.update({config})\ncache = Cache(app)") == []
