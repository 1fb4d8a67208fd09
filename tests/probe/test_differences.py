"""What is a difference between the reading and the probe, and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from keck.live.record import CacheUse, Cors, Guard, Limit, Probed, Probes, Route
from keck.probe.differences import EVIL, differences, friend

JWT = Guard("jwt", "required", "flask_jwt_extended.jwt_required", position=1)
LIMIT = Limit("5 per 1 minute", "own", "flask_limiter.util.get_remote_address")
CORS = Cors("CORS(app)", ("*",), open=True, preflight=True)
CLOSED = Cors("CORS(app)", ("https://shop.example",), preflight=True)

REACHED = {"status": 200, "reached": True}
REFUSED = {"status": 401, "reached": False}
SPENT = {"status": 429, "reached": False}
FAILED = {"status": 500, "reached": False, "error": "KeyError: 'user'"}
ANSWERED = {**REACHED, "origin": "*", "credentials": False}
PREFLIGHT = {"status": 200, "reached": False, "origin": EVIL, "methods": ["GET"]}


def _seen(route: dict[str, Any], asked: dict[str, dict[str, Any]], skipped: str = "") -> list[tuple[str, str]]:
    """Return what differs, and how it was seen."""
    one = Route(**{"rule": "/items", "endpoint": "items", "method": "GET", **route})
    probed = Probed("/items", one.method, "items", skipped, asked)
    return [(each["what"], each["seen"]) for each in differences([one], Probes((probed,)))]


GUARDED = {"exposure": "guarded", "guards": (JWT,)}
THROUGH = "a request without a token gets through to the view"


@pytest.mark.parametrize(
    ("route", "asked", "seen"),
    [
        (GUARDED, {"anonymous": REACHED}, [("auth", THROUGH)]),
        (GUARDED, {"anonymous": {**REACHED, "status": 500}}, [("auth", THROUGH)]),
        ({}, {"anonymous": REFUSED}, [("auth", "a request without a token is answered 401")]),
        (
            {"exposure": "optional", "guards": (JWT,)},
            {"anonymous": {"status": 403, "reached": False}},
            [("auth", "a request without a token is answered 403")],
        ),
        (
            GUARDED,
            {"anonymous": REFUSED, "junk token": REACHED},
            [("auth", "a request with a token that is none gets through to the view")],
        ),
        (
            {"limits": (LIMIT,)},
            {"spent": REACHED, "spent anonymous": REFUSED},
            [("limit", "a request gets through to the view when the limit is spent")],
        ),
        ({}, {"spent": SPENT}, [("limit", "a request is answered 429 once the limits are spent")]),
        (
            GUARDED,
            {"authorised": REACHED, "anonymous after it": REACHED},
            [("cache", "a request without a token gets the answer kept for one with a token")],
        ),
        (
            {**GUARDED, "cache": (CacheUse("cached", 60, "path", position=0),)},
            {"authorised": REACHED, "anonymous after it": REFUSED},
            [("cache", "a request without a token does not get the answer that was kept")],
        ),
        ({}, {"foreign origin": ANSWERED}, [("cors", "a foreign origin may read its answers")]),
        ({"cors": CORS}, {"foreign origin": REACHED}, [("cors", "a foreign origin gets no CORS headers")]),
        (
            {"cors": CORS},
            {"foreign origin": {**ANSWERED, "origin": EVIL, "credentials": True}},
            [("credentials", "a foreign origin is answered with credentials")],
        ),
        (
            {"cors": Cors("CORS(app)", ("re:https://.*",), credentials=True)},
            {"foreign origin": {**ANSWERED, "origin": EVIL}},
            [("credentials", "a foreign origin is answered without credentials")],
        ),
        (
            {"cors": CORS},
            {"preflight": {"status": 308, "reached": False}},
            [("preflight", "its preflight is redirected (308), which browsers refuse")],
        ),
        (
            {"cors": CLOSED},
            {"preflight": REFUSED},
            [("preflight", "its preflight is answered 401, which browsers refuse")],
        ),
        (
            {"cors": CORS},
            {"preflight": {**PREFLIGHT, "methods": ["PUT"]}},
            [("preflight", "its preflight allows nothing")],
        ),
        (
            {"cors": Cors("CORS(app)", ("*",), open=True)},
            {"preflight": {**PREFLIGHT, "methods": ["*"]}},
            [("preflight", "its preflight is answered")],
        ),
        (
            {},
            {"anonymous": FAILED, "junk token": FAILED},
            [("error", "a request without a token is answered 500 (KeyError: 'user')")],
        ),
        (
            {},
            {"anonymous": REACHED, "preflight": {"status": 500, "reached": False}},
            [("error", "its preflight is answered 500 (no exception)")],
        ),
    ],
)
def test_differs(route: dict[str, Any], asked: dict[str, dict[str, Any]], seen: list[tuple[str, str]]) -> None:
    """An answer that contradicts the reading is a difference."""
    assert _seen(route, asked) == seen


SURE = CacheUse("cached", 60, "path", position=0)


@pytest.mark.parametrize(
    ("route", "asked"),
    [
        ({}, {}),
        ({}, {"anonymous": REACHED, "junk token": REACHED, "foreign origin": REACHED}),
        (GUARDED, {"anonymous": REFUSED, "junk token": {"status": 422, "reached": False}}),
        ({"exposure": "optional", "guards": (JWT,)}, {"anonymous": REACHED}),
        ({"exposure": "conditional"}, {"anonymous": REACHED}),
        ({"exposure": "conditional"}, {"anonymous": REFUSED}),
        ({}, {"anonymous": {"status": 422, "reached": False}}),  # a body was wanted
        ({}, {"anonymous": {"status": 404, "reached": False}}),
        ({}, {"anonymous": {**REFUSED, "refused": ["connect to auth.example:443"]}}),
        (GUARDED, {"anonymous": {**REACHED, "refused": ["look up 'auth.example'"]}}),
        ({}, {"anonymous": {**REACHED, "refused": ["send mail"]}}),
        ({"limits": (LIMIT,)}, {"spent": SPENT, "spent anonymous": REFUSED}),
        ({"limits": (LIMIT,)}, {"spent": REFUSED, "spent anonymous": REFUSED}),  # the guard stands before it
        ({"limits": (Limit("by a function", "own", "k"),)}, {"spent": REACHED}),
        ({"limits": (Limit("5/day", "own", "k", exempt_when="shop.is_staff"),)}, {"spent": REACHED}),
        ({}, {"anonymous": SPENT, "spent": SPENT}),  # a 429 of the app's own
        ({**GUARDED, "cache": (SURE,)}, {"authorised": REACHED, "anonymous after it": REACHED}),
        ({**GUARDED, "cache": (SURE,)}, {"authorised": REFUSED, "anonymous after it": REFUSED}),
        ({**GUARDED, "cache": (SURE,)}, {"authorised": {**REACHED, "status": 500}, "anonymous after it": REFUSED}),
        ({**GUARDED, "cache": (SURE,)}, {"authorised": REACHED}),
        (
            {**GUARDED, "cache": (CacheUse("cached", 60, "path", position=2),)},
            {"authorised": REACHED, "anonymous after it": REFUSED},
        ),
        (
            {**GUARDED, "cache": (CacheUse("cached", 60, "by user", personal=True),)},
            {"authorised": REACHED, "anonymous after it": REFUSED},
        ),
        *(
            (
                {**GUARDED, "cache": (CacheUse("cached", 60, "path", details=details),)},
                {"authorised": REACHED, "anonymous after it": REFUSED},
            )
            for details in (
                {"unless": "shop.never"},
                {"bound": False},
                {"backend": "NullCache"},
                {"response_filter": "shop.good"},
            )
        ),
        ({"cors": CORS}, {"foreign origin": ANSWERED}),
        ({"cors": CORS}, {"foreign origin": {**REFUSED}}),  # @cross_origin stands inside the guard
        ({"cors": CLOSED}, {"foreign origin": REACHED}),
        ({"cors": Cors("CORS(app)", ("re:[",))}, {"foreign origin": REACHED}),
        ({"cors": CORS}, {"preflight": PREFLIGHT}),
        ({"cors": CLOSED}, {"preflight": {**PREFLIGHT, "origin": "https://shop.example"}}),
        ({"cors": CLOSED}, {"preflight": {"status": 404, "reached": False}}),
        ({"cors": Cors("CORS(app)", ("re:https://shop.*",))}, {"preflight": {"status": 200, "reached": False}}),
        ({}, {"preflight": REFUSED}),  # nobody asks: there is no CORS
        ({}, {"anonymous": {**FAILED, "error": "OperationalError: no such table: users"}}),
        ({}, {"anonymous": {**FAILED, "refused": ["write '/tmp/x'"]}}),
        ({}, {"anonymous": {"status": None, "reached": False, "error": "it took longer than 2 s"}}),
        ({}, {"anonymous": {**FAILED, "reached": True}}),  # what stands in for the body was not what a wrapper wanted
        ({}, {"authorised": FAILED}),  # the caller is a pretended one
        ({"unseen": "it is not written in Python"}, {"anonymous": FAILED}),
    ],
)
def test_agrees(route: dict[str, Any], asked: dict[str, dict[str, Any]]) -> None:
    """An answer that agrees, that proves nothing, or that settles what was open is no difference."""
    assert _seen(route, asked) == []


def test_skipped() -> None:
    """A route that was not asked to its end proves nothing, nor does one that was not read."""
    assert _seen(GUARDED, {"anonymous": REACHED}, "not asked: the time was up") == []
    assert differences([], Probes((Probed("/items", "GET", "items", "", {"anonymous": REACHED}),))) == []


def test_sentence() -> None:
    """A difference says of which route, what was read and what was seen, also as one sentence."""
    route = Route("/items", "items", "GET", exposure="guarded", guards=(JWT, Guard("own", "required", "admin", "app")))
    probed = Probed("/items", "GET", "items", "", {"anonymous": REACHED})
    assert differences([route], Probes((probed,))) == [
        {
            "route": "GET /items",
            "endpoint": "items",
            "what": "auth",
            "read": "guarded by `jwt_required`, `admin`",
            "seen": THROUGH,
            "sentence": "GET /items reads as guarded by `jwt_required`, `admin`, but a request without a token "
            "gets through to the view.",
        }
    ]


def test_what_it_reads_as() -> None:
    """Each reading is told as what it is."""
    cases: list[tuple[dict[str, Any], dict[str, Any], str]] = [
        (
            {"exposure": "optional", "guards": (JWT,)},
            {"anonymous": REFUSED},
            "open, with `jwt_required` that need no token",
        ),
        ({"exposure": "guarded"}, {"anonymous": FAILED}, "guarded by a guard"),
        ({"limits": (LIMIT, LIMIT)}, {"spent": REACHED}, "limited (5 per 1 minute)"),
        ({"exposure": "conditional"}, {"anonymous": FAILED}, "conditional"),
    ]
    for route, asked, read in cases:
        one = Route("/items", "items", "GET", **route)
        assert [
            each["read"] for each in differences([one], Probes((Probed("/items", "GET", "items", "", asked),)))
        ] == [read]


@pytest.mark.parametrize(
    ("cors", "origin"),
    [
        (Cors(), EVIL),
        (CORS, EVIL),
        (Cors("CORS(app)", ("*",)), EVIL),
        (CLOSED, "https://shop.example"),
        (Cors("CORS(app)", ("re:https://.*",)), EVIL),
        (Cors("CORS(app)", ("re:https://shop.*", "null", "https://b.example")), "https://b.example"),
    ],
)
def test_friend(cors: Cors, origin: str) -> None:
    """A preflight is sent from an origin that the policy lets in, where one can be told."""
    assert friend(Route("/items", "items", "GET", cors=cors)) == origin


def test_any_policy_that_lets_an_origin_in_counts() -> None:
    """Policies add up: what a blueprint's refuses, the app's may let in."""
    policies = ({"origins": ["https://b.example"]}, {"origins": ["re:.*"]})
    cors = Cors("CORS(blueprint b)", ("https://b.example",), preflight=True, policies=policies)
    assert _seen({"cors": cors}, {"foreign origin": {**REACHED, "origin": EVIL, "credentials": False}}) == []


def test_a_guard_in_the_body_cannot_be_asked() -> None:
    """``verify_jwt_in_request()`` in a view is cut off with its body."""
    inside = Guard("jwt", "required", "shop.items")
    for name, seen in (("shop.items", []), ("shop.other", [("auth", THROUGH)])):
        route = {"name": name, "exposure": "guarded", "guards": (inside,)}
        assert _seen(route, {"anonymous": REACHED}) == seen
