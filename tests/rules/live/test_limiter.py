"""The rules on limits, on live apps."""

from __future__ import annotations

import pytest

from keck.finding import Level
from keck.live.record import Answer, Instance, LiveApp
from tests.live_support import booted, findings, live, skipped
from tests.rules.live.shop import APP, LIMITS

STRING = "limiter/limit-string-invalid"
SENSITIVE = "limiter/sensitive-route-unlimited"
LOCAL = "limiter/process-local-storage"
EMPTY = "limiter/key-empty"
BEFORE = "limiter/key-before-identity"
REFUSED = "together/refused-tokens-unlimited"
PREFLIGHT = "together/preflight-counted"
ONE_REDIS = "together/one-redis-for-cache-and-guards"
NAMES = "together/shared-redis-namespace"
ROUTE = "together/decorator-above-route"

WITH_APPLICATION = LIMITS.replace("app=app,", 'app=app, application_limits=["600 per minute"],')
WITH_DEFAULT = LIMITS.replace("app=app,", 'app=app, default_limits=["20 per minute"],')


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('@app.get("/x")\n@limiter.limit("5 a minute")\ndef x(): return {}', "`x()` is not limited"),
        ('@app.get("/x")\n@limiter.limit("ten per hour")\ndef x(): return {}', "`x()` is not limited"),
    ],
)
def test_limits_that_cannot_be_parsed_are_found(text: str, part: str) -> None:
    """A text that is no limit limits nothing, and the finding stands at the view."""
    (one,) = live(STRING, LIMITS + text)
    assert part in one.message
    assert one.place.line < one.place.end_line


def test_general_limits_that_cannot_be_parsed_are_found() -> None:
    """A default limit that is none makes each request fail."""
    (one,) = live(STRING, WITH_DEFAULT.replace("20 per minute", "20 a minute"))
    assert "every request with a default limit fails" in one.message


@pytest.mark.parametrize("limit", ['"5 per minute"', '"5/minute;20/hour"', '"1 per 2 days"', 'lambda: "5 a minute"'])
def test_limits_that_can_be_parsed_are_silent(limit: str) -> None:
    """What the library reads is well; what a function will say is not known."""
    assert live(STRING, LIMITS + f'@app.get("/x")\n@limiter.limit({limit})\ndef x(): return {{}}') == []


@pytest.mark.parametrize(
    ("view", "part"),
    [
        (
            '@app.post("/in")\ndef enter():\n    return {"ok": check_password_hash("x", request.form["p"])}',
            "checks a password",
        ),
        ('@app.post("/in")\ndef enter():\n    return {"token": create_access_token("1")}', "lets callers log in"),
        ('@app.post("/login")\ndef enter(): return {}', "by its name"),
        ('@app.post("/forgot-password")\ndef enter(): return {}', "by its name"),
        (
            '@limiter.exempt\ndef enter():\n    return {"token": create_access_token("1")}\napp.post("/in")(enter)',
            "lets callers log in",
        ),
    ],
)
def test_unlimited_logins_are_found(view: str, part: str) -> None:
    """Whoever tries passwords meets no limit."""
    (one,) = live(SENSITIVE, LIMITS + view)
    assert (one.symbol, one.level) == ("enter", Level.warning)
    assert part in one.message


@pytest.mark.parametrize(
    ("head", "view"),
    [
        (LIMITS, '@app.post("/login")\n@limiter.limit("5 per minute")\ndef enter(): return {}'),
        (WITH_DEFAULT, '@app.post("/login")\ndef enter(): return {}'),
        (WITH_APPLICATION, '@app.post("/login")\ndef enter(): return {}'),
        (LIMITS, '@app.get("/login")\ndef enter(): return {}'),
        (LIMITS, '@app.post("/login")\n@jwt_required()\ndef enter(): return {}'),
        (LIMITS, '@app.post("/blog/logins")\ndef enter(): return {}'),
        (LIMITS, '@app.post("/orders")\ndef enter(): return {}'),
        (APP, '@app.post("/login")\ndef enter(): return {}'),
    ],
)
def test_limited_or_harmless_views_are_silent(head: str, view: str) -> None:
    """A limit of its own or for all, a guard, another method, another name, and an app without a limiter."""
    assert live(SENSITIVE, head + view) == []


def test_memory_of_several_processes_is_found() -> None:
    """Four processes let four times as many through."""
    (one,) = live(LOCAL, LIMITS, WEB_CONCURRENCY="4")
    assert "each of 4 processes" in one.message


@pytest.mark.parametrize(
    ("text", "workers"),
    [
        (LIMITS, "1"),
        (LIMITS.replace("memory://", "redis://localhost:1/0"), "4"),
        (LIMITS.replace("app=app,", "app=app, enabled=False,"), "4"),
    ],
)
def test_storage_that_is_shared_or_alone_is_silent(text: str, workers: str) -> None:
    """One process may count in its memory, several in Redis, and who counts nothing counts nothing wrong."""
    assert live(LOCAL, text, WEB_CONCURRENCY=workers) == []


def test_unknown_number_of_processes_is_told() -> None:
    """Where nothing says how many processes there will be, the rule says so."""
    assert "how many processes" in skipped(LOCAL, booted(LIMITS))


OPTIONAL = '@app.get("/x")\n@jwt_required(optional=True)\n@limiter.limit("5/minute", key_func=get_jwt_identity)\ndef x(): return {}'


def test_identity_of_a_guest_is_found() -> None:
    """A guest has no identity, and a limit by it is not applied."""
    (one,) = live(EMPTY, LIMITS + OPTIONAL)
    assert one.symbol == "get_jwt_identity"


@pytest.mark.parametrize(
    "view",
    [
        OPTIONAL.replace("(optional=True)", "()"),
        OPTIONAL.replace("key_func=get_jwt_identity", "key_func=get_remote_address"),
        OPTIONAL.replace("key_func=get_jwt_identity", "key_func=lambda: get_jwt_identity() or get_remote_address()"),
        '@app.get("/x")\n@limiter.limit("5/minute", key_func=get_jwt_identity)\n@jwt_required(optional=True)\ndef x(): return {}',
    ],
)
def test_keys_that_are_there_are_silent(view: str) -> None:
    """A required token, an address, a fall-back, and a limit that asks too early (another rule's matter)."""
    assert live(EMPTY, LIMITS + view) == []


@pytest.mark.parametrize(
    ("head", "view"),
    [
        (
            LIMITS,
            '@app.get("/x")\n@limiter.limit("5/minute", key_func=get_jwt_identity)\n@jwt_required()\ndef x(): return {}',
        ),
        (LIMITS, '@app.get("/x")\n@limiter.limit("5/minute", key_func=get_jwt_identity)\ndef x(): return {}'),
        (
            LIMITS.replace("Limiter(get_remote_address,", 'Limiter(get_jwt_identity, default_limits=["5/minute"],'),
            '@app.get("/x")\n@jwt_required()\ndef x(): return {}',
        ),
    ],
)
def test_keys_that_ask_too_early_are_found(head: str, view: str) -> None:
    """Before the guard nobody has an identity."""
    (one,) = live(BEFORE, head + view)
    assert one.symbol == "x"


@pytest.mark.parametrize(
    "view",
    [
        '@app.get("/x")\n@jwt_required()\n@limiter.limit("5/minute", key_func=get_jwt_identity)\ndef x(): return {}',
        '@app.get("/x")\n@limiter.limit("5/minute")\n@jwt_required()\ndef x(): return {}',
        '@app.before_request\ndef guard():\n    verify_jwt_in_request()\n\n@app.get("/x")\n@limiter.limit("5/minute", key_func=get_jwt_identity)\ndef x(): return {}',
    ],
)
def test_keys_that_ask_in_time_are_silent(view: str) -> None:
    """Below the guard, or behind a hook that verifies, there is an identity."""
    assert live(BEFORE, LIMITS + view) == []


INSIDE = '@app.get("/x")\n@jwt_required()\n@limiter.limit("5/minute")\ndef x(): return {}\n'


@pytest.mark.parametrize(
    ("head", "view"),
    [
        (LIMITS, INSIDE),
        (WITH_DEFAULT, INSIDE),
        (
            LIMITS,
            '@app.get("/x")\n@limiter.limit("9/minute")\n@jwt_required()\n@limiter.limit("5/minute", key_func=get_jwt_identity)\ndef x(): return {}\n',
        ),
    ],
)
def test_refused_tokens_without_a_limit_are_found(head: str, view: str) -> None:
    """A limit inside the guard counts no refused token; default limits are lost, and of two around it the outer one rests."""
    (one,) = live(REFUSED, head + view)
    assert "`x()`" in one.message


def test_many_views_are_one_finding() -> None:
    """A limiter is told of once, with the number of its views."""
    more = INSIDE.replace("x", "y")
    (one,) = live(REFUSED, LIMITS + INSIDE + more)
    assert "`x()` and 1 more" in one.message
    assert [each.message for each in one.related] == ["GET /y"]


@pytest.mark.parametrize(
    ("head", "view"),
    [
        (WITH_APPLICATION, INSIDE),
        (LIMITS, '@app.get("/x")\n@limiter.limit("5/minute")\n@jwt_required()\ndef x(): return {}'),
        (WITH_DEFAULT, '@app.get("/x")\n@jwt_required()\ndef x(): return {}'),
        (LIMITS, '@app.get("/x")\n@jwt_required()\ndef x(): return {}'),
        (LIMITS, '@app.get("/x")\n@jwt_required(optional=True)\n@limiter.limit("5/minute")\ndef x(): return {}'),
        (LIMITS, '@app.get("/x")\n@limiter.limit("5/minute")\ndef x(): return {}'),
    ],
)
def test_refused_tokens_with_a_limit_are_silent(head: str, view: str) -> None:
    """Limits of the application, one outside the guard, default limits, no limit at all, or nobody refused."""
    assert live(REFUSED, head + view) == []


CALLED = 'CORS(app, origins=["https://shop.example"])\n@app.put("/cart")\ndef cart(): return {}\n'


@pytest.mark.parametrize(
    ("head", "more"),
    [(WITH_DEFAULT, ""), (WITH_APPLICATION, ""), (WITH_DEFAULT, '@app.put("/list")\ndef wishes(): return {}\n')],
)
def test_counted_preflights_are_found(head: str, more: str) -> None:
    """Default and application limits count what a browser asks before it calls."""
    (one,) = live(PREFLIGHT, head + CALLED + more)
    assert ("and 1 more endpoint" in one.message) is bool(more)


@pytest.mark.parametrize(
    ("head", "view"),
    [
        (WITH_DEFAULT, CALLED + '@limiter.request_filter\ndef preflight(): return request.method == "OPTIONS"\n'),
        (WITH_DEFAULT.replace("app=app,", "app=app, default_limits_per_method=True,"), CALLED),
        (
            WITH_DEFAULT.replace("app=app,", "app=app, default_limits_exempt_when=lambda: False,"),
            '@app.put("/cart")\ndef cart(): return {}\n',
        ),
        (LIMITS, CALLED),
        (
            LIMITS,
            'CORS(app, origins=["https://shop.example"])\n@app.put("/cart")\n@limiter.limit("5/minute")\ndef cart(): return {}\n',
        ),
    ],
)
def test_preflights_that_are_not_counted_are_silent(head: str, view: str) -> None:
    """A filter, limits for each method, no other origin, no general limit."""
    assert live(PREFLIGHT, head + view) == []


def redis(
    role: str, server: str = "a", policy: str = "allkeys-lru", maxmemory: int = 1, state: str = "answers"
) -> Answer:
    """Return what a Redis said."""
    return Answer(
        "redis",
        f"redis of the {role}",
        "r:6379/0",
        state,
        facts={"role": role, "server": server, "policy": policy, "maxmemory": maxmemory},
    )


@pytest.mark.parametrize("role", ["limiter", "project"])
@pytest.mark.parametrize("instances", [(), (Instance("caching", "shop:cache", bound="this"),)])
def test_one_evicting_redis_is_found(role: str, instances: tuple[Instance, ...]) -> None:
    """A cache that shares an evicting server with limits or revoked tokens can push them out."""
    (one,) = findings(ONE_REDIS, LiveApp("x", instances=instances, answers=(redis("cache"), redis(role))))
    assert "evicts by `allkeys-lru`" in one.message


@pytest.mark.parametrize(
    "answers",
    [
        (redis("cache"), redis("limiter", server="b")),
        (redis("cache", policy="noeviction"), redis("limiter", policy="noeviction")),
        (redis("cache", maxmemory=0), redis("limiter", maxmemory=0)),
        (redis("limiter"), redis("project")),
        (redis("cache"), redis("limiter", state="unreachable")),
        (redis("cache"),),
    ],
)
def test_other_redis_are_silent(answers: tuple[Answer, ...]) -> None:
    """Two servers, one that evicts nothing or has no bound, no cache on it, or nobody else."""
    assert findings(ONE_REDIS, LiveApp("x", answers=answers)) == []


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        (LIMITS.replace("memory://", "redis://localhost:1/0"), "RATELIMIT_KEY_PREFIX"),
        (
            APP
            + 'app.config.update(CACHE_TYPE="RedisCache", CACHE_REDIS_URL="redis://localhost:1/0")\ncache = Cache(app)',
            "CACHE_KEY_PREFIX",
        ),
    ],
)
def test_keys_without_a_prefix_of_their_own_are_found(text: str, symbol: str) -> None:
    """Another app on the same Redis would have the same keys."""
    (one,) = live(NAMES, text)
    assert (one.symbol, one.level) == (symbol, Level.note)


@pytest.mark.parametrize(
    "text",
    [
        LIMITS,
        LIMITS.replace("memory://", "redis://localhost:1/0").replace("app=app,", 'app=app, key_prefix="shop",'),
        APP
        + 'app.config.update(CACHE_TYPE="RedisCache", CACHE_REDIS_URL="redis://localhost:1/0", CACHE_KEY_PREFIX="s:")\ncache = Cache(app)',
    ],
)
def test_keys_of_their_own_are_silent(text: str) -> None:
    """Memory is nobody else's, and a prefix tells apps apart."""
    assert live(NAMES, text) == []


@pytest.mark.parametrize(
    ("view", "part"),
    [
        ('@jwt_required()\n@app.get("/x")\ndef x(): return {}', "`x()` is open to anyone"),
        ('@jwt_required(fresh=True)\n@app.get("/x")\n@jwt_required()\ndef x(): return {}', "left to its other guards"),
        ('@limiter.limit("5/minute")\n@app.get("/x")\ndef x(): return {}', "loses the default limits too"),
        ('@cache.cached()\n@app.get("/x")\ndef x(): return {}', "is never cached"),
        ('@cross_origin()\n@app.get("/x")\ndef x(): return {}', "sends no CORS headers"),
        (
            'def login_required(view):\n    return view\n\n@login_required\n@app.get("/x")\ndef x(): return {}',
            "is open to anyone",
        ),
    ],
)
def test_decorators_above_the_route_are_found(view: str, part: str) -> None:
    """What stands above the route never runs."""
    (one,) = live(ROUTE, WITH_DEFAULT + view)
    assert part in one.message


@pytest.mark.parametrize(
    "view",
    [
        '@app.get("/x")\n@jwt_required()\ndef x(): return {}',
        '@app.get("/x")\n@app.get("/y")\n@jwt_required()\ndef x(): return {}',
        'def traced(view):\n    return view\n\n@traced\n@app.get("/x")\ndef x(): return {}',
        '@limiter.exempt\n@app.get("/x")\ndef x(): return {}',
    ],
)
def test_decorators_below_the_route_are_silent(view: str) -> None:
    """Below the route they run; of strangers above it nobody knows; an exemption goes by the name."""
    assert live(ROUTE, WITH_DEFAULT + view) == []
