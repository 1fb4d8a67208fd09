from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click import unstyle
from jsonschema import Draft202012Validator

from keck.live.record import CacheUse, Cors, Layer, Limit, LiveApp, Route, Spot, Step
from keck.report import View
from keck.report.doctor import routes_json, routes_text
from keck.report.doctor.cells import brief, cached, clashes, cors, guard, limit, steps
from keck.report.doctor.selection import select
from tests.examinations import live, routes

SCHEMA = Path(__file__).parents[2] / "docs" / "doctor.schema.json"


def chosen(folder: Path, *only: str) -> list[str]:
    """Return the endpoints of the routes that are chosen."""
    return [one.endpoint for one in select(routes(folder), only)]


@pytest.mark.parametrize(
    ("only", "endpoints"),
    [
        ((), ["static", "shop.order", "shop.items", "shop.basket", "admin.reports"]),
        (("shop.items",), ["shop.items"]),
        (("shop",), ["shop.order", "shop.items", "shop.basket"]),
        (("*.b*", "admin"), ["shop.basket", "admin.reports"]),
        (("/orders/<int:id>",), ["shop.order"]),
        (("/orders/7",), ["shop.order"]),
        (("/orders",), ["shop.order"]),
        (("/orders/7/lines",), []),
        (("/static/css/shop.css",), ["static"]),
        (("/*s",), ["shop.items", "admin.reports"]),
        (("/admin/",), ["admin.reports"]),
        (("/item",), []),
        (("sho", "item"), []),
    ],
)
def test_routes_are_chosen_by_endpoint_blueprint_rule_or_path(
    tmp_path: Path, only: tuple[str, ...], endpoints: list[str]
) -> None:
    """Both the URL map's own words and a path as a browser shows it name a route."""
    assert chosen(tmp_path, *only) == endpoints


def test_table_has_a_line_a_route_where_no_terminal_limits_it(tmp_path: Path) -> None:
    """Steps stand in the order in which they run; what never runs stands apart from them."""
    lines = routes_text(live(tmp_path)).splitlines()
    assert lines[:6] == [
        "METHOD  RULE                     ENDPOINT       EXPOSURE     IN THE ORDER IN WHICH IT RUNS",
        "GET     /static/<path:filename>  static         static",
        (
            "GET     /orders/<int:id>         shop.order     guarded      limit: 5 per 1 minute by address > "
            "guard: jwt_required() > cache: 60 s by path > own: timed() > cors: https://shop.example with credentials"
        ),
        "GET     /items                   shop.items     open         cors: any origin",
        "POST    /basket                  shop.basket    optional     cors: https://shop.example with credentials",
        (
            "GET     /admin/reports           admin.reports  conditional  never runs: @limiter.limit('1/day'); "
            "unclear: `functools.singledispatch` hides the view"
        ),
    ]
    assert lines[-2].startswith("4 routes and 1 static: 1 open")
    assert lines[-1].startswith("Probe: 1 of 4 routes and 1 static asked in 350 ms")


def test_wide_terminal_breaks_the_last_column_within_itself(tmp_path: Path) -> None:
    """The table stays a table."""
    lines = routes_text(live(tmp_path), view=View("/", width=120)).splitlines()
    assert lines[2].startswith("GET     /orders/<int:id>         shop.order     guarded      limit: 5 per")
    assert lines[3].startswith(" " * 61 + "cache:")


def test_narrow_terminal_moves_what_has_no_room_below(tmp_path: Path) -> None:
    """Down to a phone's width no line is too wide, and the method always leads."""
    lines = routes_text(live(tmp_path), view=View("/", width=40)).splitlines()
    assert max(map(len, lines)) <= 40
    assert "GET     /orders/<int:id>" in lines
    assert "    guarded" in lines
    assert routes_text(live(tmp_path), view=View("/", width=4)).startswith("METHOD\n")


def test_colour_changes_nothing_but_colour(tmp_path: Path) -> None:
    """Exposures and heads are painted, nothing else is changed."""
    for only in ((), ("shop.order",)):
        painted = routes_text(live(tmp_path), only, View("/", width=100, colour=True))
        assert "\x1b[32mguarded" in painted
        assert unstyle(painted) == routes_text(live(tmp_path), only, View("/", width=100))


def test_few_routes_are_told_in_full(tmp_path: Path) -> None:
    """Every step, every policy and every answer of the probe has its line."""
    assert routes_text(live(tmp_path), ("shop.order",), View(str(tmp_path), width=80)) == (
        "GET /orders/<int:id>  shop.order  guarded\n"
        "  shop.views.order, shop/views.py:7\n"
        "  1. hook: load the locale (hook of the app)\n"
        "  2. limit: 5 per 1 minute by address\n"
        "  3. guard: jwt_required()\n"
        "  4. cache: 60 s by path\n"
        "  5. own: timed()\n"
        "  6. body: shop.views.order\n"
        "  7. cors: https://shop.example with credentials (hook of the app)\n"
        "  asks CORS(blueprint shop): https://shop.example\n"
        "  asks CORS(app): no origin\n"
        "  probe, anonymous: 401, did not reach the view\n"
        "  probe, authorised: 200, reached the view\n"
        "  probe, foreign origin: 200, allows https://shop.example with credentials\n"
        "  probe, preflight: 200, allows *\n"
        "  probe, junk token: failed: KeyError: 'sub'\n"
        "  probe, spent: no answer, was kept from: open file /tmp/x for writing\n"
        "\n"
        "1 of 4 routes and 1 static.\n"
        "Probe: 1 of 4 routes and 1 static asked in 350 ms; 1 request tried what a probe\n"
        "may not do, and could not\n"
    )


def test_verbose_tells_all_in_full(tmp_path: Path) -> None:
    """Routes of which less is known have fewer lines, and one that the probe left out says why."""
    report = routes_text(live(tmp_path), verbose=True)
    assert "GET /static/<path:filename>  static  open\n\n" in report
    assert "  cors: any origin, by CORS(app)\n  exempt from limits: application\n" in report
    assert "  probe: not asked: its view is built in\n" in report
    assert "  never runs: @limiter.limit('1/day')\n" in report
    unprobed = routes_text(replace(live(tmp_path), probes=None), ("shop.items",))
    assert "  shop.views.items\n" in unprobed


def test_no_route_is_said_in_one_sentence(tmp_path: Path) -> None:
    """Nothing there and nothing chosen are told apart."""
    assert routes_text(LiveApp("bare")) == "The app has no routes.\n"
    assert routes_text(live(tmp_path), ("/nope", "no\x1b")) == (
        "None of the 4 routes and 1 static is named by `/nope` or `no?`: give an endpoint, a blueprint or a path.\n"
    )


def test_cells_are_what_a_person_says(tmp_path: Path) -> None:
    """Guards, limits, caches and origins of every kind have words."""
    _, order, items, basket, reports = routes(tmp_path)
    assert [guard(one) for one in (*order.guards, *basket.guards, *reports.guards)] == [
        "jwt_required",
        "maybe (optional, hook of shop)",
        "check (depends on code, hook of admin)",
        "jwt (fresh token, hook of the app)",
        "jwt_required (refresh token)",
    ]
    assert [limit(one) for one in (*order.limits, *items.limits, *basket.limits)] == [
        "5 per 1 minute by address",
        "5 per 1 minute (default)",
        "5 per 1 minute by user_id (shared)",
    ]
    dynamic = Limit("as shop.config.login_limit() says", "own", "shop.keys.account")
    assert limit(dynamic) == "login_limit() by account"
    assert [cached(one) for one in (*order.cache, *items.cache)] == [
        "60 s by path",
        "default time-out, key by_user(), memoized",
        "for good by path",
    ]
    assert [cors(one.cors) for one in (order, items, reports)] == [
        "https://shop.example with credentials",
        "any origin",
        "",
    ]
    assert cors(Cors("CORS(app)")) == "no origin"


def test_names_are_short_where_that_is_enough() -> None:
    """A function of a limit or of a key is named with its package only where another one has its name."""
    limits = (
        Limit("as shop.a.rate() says", "own", "shop.keys.network"),
        Limit("as shop.b.rate() says", "own", "shop.<lambda>"),
        Limit("5 per 1.5 minute", "own", "x.get_remote_address"),
    )
    use = CacheUse("cached", None, "shop.keys.page_key() and query string")
    route = Route("/", "home", "GET", limits=limits, cache=(use,))
    whole = clashes((route, route))
    assert whole == {"shop.a.rate", "shop.b.rate"}
    assert [limit(one, whole) for one in limits] == [
        "shop.a.rate() by network",
        "shop.b.rate() by <lambda>",
        "5 per 1.5 minute by address",
    ]
    assert [cached(one, whole) for one in (use, CacheUse("cached", 1.5, 'the constant "a"'))] == [
        "default time-out, key page_key() and query string",
        '1.5 s by the constant "a"',
    ]


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("limit", "as shop.limits.login_limit() says by client_network", "login_limit() by client_network"),
        ("limit", "5 per 1 minute by get_remote_address", "5 per 1 minute by address"),
        ("cache", "cached as long as the cache says by shop.keys.page_key()", "default time-out, key page_key()"),
        ("cache", "cached for 1.5 s by path and query string", "1.5 s by path and query string"),
        ("cache", "memoize for 60 s by arguments", "60 s by arguments, memoized"),
        ("own", "shop.timing.timed", "shop.timing.timed"),
    ],
)
def test_steps_are_brief(kind: str, text: str, told: str) -> None:
    """What gives a limit or a key is told by its name, without what the kind of the step says already."""
    assert brief(Step(kind, text)) == told


def test_policies_of_cors_are_one_step_that_says_who_is_answered() -> None:
    """However many policies are asked, the origins are told once; where nobody is answered there is no step."""
    order = (
        Step("limit", "5 per 1 minute by get_remote_address"),
        Step("cache", "cached for 60 s by path"),
        Step("cors", "CORS(blueprint shop) for /api/*"),
        Step("cors", "CORS(app) for /*"),
    )
    applied = (("limit", "5 per 1 minute by address"), ("cache", "60 s by path"))
    route = Route("/", "home", "GET", order=order)
    assert tuple(steps(route)) == applied
    answered = replace(route, cors=Cors("CORS(app)", ("https://a.example",)))
    assert tuple(steps(answered)) == (*applied, ("cors", "https://a.example"))


def test_decorators_of_libraries_are_left_out() -> None:
    """What a framework wraps around every view says nothing of this one; the project's own decorators do."""
    order = (
        Step("own", "apiflask.ensure_sync", "apiflask.ensure_sync"),
        Step("own", "output", "apiflask.output"),
        Step("own", "timed()", "shop.timed"),
    )
    layers = (
        Layer("own", "apiflask.ensure_sync", Spot("/venv/lib/python3.11/site-packages/apiflask/scaffold.py")),
        Layer("own", "apiflask.output"),
        Layer("own", "shop.timed", Spot("/home/me/shop/timing.py")),
    )
    assert list(steps(Route("/", "home", "GET", order=order, layers=layers))) == [("own", "timed()")]


def test_clear_routes_are_not_called_unclear() -> None:
    """What there is none of is left out of the total."""
    app = LiveApp("bare", routes=(Route("/", "home", "GET"),))
    assert routes_text(app).endswith("1 route: 1 open; 0 limited, 0 cached; CORS on 0\n")


def test_json_holds_the_chosen_routes(tmp_path: Path) -> None:
    """The shape is that of the report, so that either can be compared with a later one."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    app = live(tmp_path)
    for only, count in (((), 5), (("shop",), 3), (("nope",), 0)):
        document = json.loads(routes_json(app, only))
        Draft202012Validator(schema).validate(document)
        assert len(document["routes"]) == count
    rootless = json.loads(routes_json(LiveApp("bare", routes=(Route("/", "home", "GET"),))))
    assert rootless["root"] == "/"
    assert "probe" not in rootless
    assert json.loads(routes_json(app))["probe"]["routes"]
    assert rootless["routes"][0]["place"] is None
