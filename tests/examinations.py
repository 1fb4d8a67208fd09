"""A live app and an examination of it made by hand, for the tests of the doctor's reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from keck.examining import Examination, Fault, Verdict
from keck.finding import Finding, Level, Place, Related
from keck.live.record import (
    Answer,
    CacheUse,
    Cors,
    Drift,
    Guard,
    Hook,
    Instance,
    Limit,
    LiveApp,
    Probed,
    Probes,
    Route,
    Setting,
    Spot,
    Step,
)

VIEWS = """from flask import Blueprint
from flask_jwt_extended import jwt_required

bp = Blueprint("shop", __name__)
SECRET_KEY = "kettle-and-leaf"

    @cache.cached(timeout=60)
    @jwt_required()
    def orders():
        return {"orders": []}
"""
CACHED = Finding(
    "together/cached-above-auth",
    Level.error,
    Place("shop/views.py", 7, 1, 8, 1),
    "`@cache.cached()` stands above `@jwt_required()`: once someone was let in, everybody gets the stored answer",
    "put `@jwt_required()` above `@cache.cached()`",
    symbol="shop.orders",
    related=(Related(Place("shop/views.py", 8), "is passed by on a hit"),),
    seen="both",
    tags=("shop.orders",),
)
LOCAL = Finding(
    "limiter/process-local-storage",
    Level.warning,
    Place("shop/extensions.py", 3, 1, 3, 1),
    "`limiter` counts in each process's memory: 4 workers allow 4 times as much",
    "set `RATELIMIT_STORAGE_URI` to a Redis that all workers share",
    symbol="limiter",
    seen="app",
    tags=("limiter",),
)
SECRET = Finding(
    "config/secret-in-source",
    Level.error,
    Place("shop/views.py", 5, 14, 5, 31),
    "`SECRET_KEY` is a literal in the source",
    "read it from the environment and fail when it is missing",
    symbol="SECRET_KEY",
)
WHOLE = Finding("app/extension-never-bound", Level.error, Place(""), "`mail` is bound to no app", "", seen="app")
NOTE = Finding(
    "sqlalchemy/legacy-query",
    Level.note,
    Place("shop/views.py", 9, 1, 10, 1),
    "`orders()` asks by `query`",
    "use select",
)


def consequence(number: int, level: Level = Level.warning) -> Finding:
    """Return a finding that follows from another."""
    return Finding(
        "limiter/sensitive-route-unlimited", level, Place("shop/views.py", number), f"`/login{number}` has no limit", ""
    )


def spot(folder: Path, name: str, line: int = 1) -> Spot:
    """Return a place in a file of the app that stands in `folder`."""
    return Spot((folder / "shop" / name).as_posix(), line, line + 1)


def routes(folder: Path) -> tuple[Route, ...]:
    """Return a route of each exposure, with everything that a route can have."""
    shop = Cors("CORS(app)", ("https://shop.example",), credentials=True, preflight=True)
    limit = Limit("5 per 1 minute", "own", "flask_limiter.util.get_remote_address", "shop.extensions:limiter", 1)
    jwt = Guard("jwt", "required", "flask_jwt_extended.jwt_required", position=2)
    return (
        Route("/static/<path:filename>", "static", "GET", static=True),
        Route(
            "/orders/<int:id>",
            "shop.order",
            "GET",
            ("GET", "PUT"),
            "/orders/1",
            "shop.views.order",
            spot(folder, "views.py", 7),
            order=(
                Step("hook", "load the locale", "shop.hooks.locale"),
                Step("limit", "5 per 1 minute by address", "flask_limiter", "view"),
                Step("guard", "jwt_required()", "flask_jwt_extended.jwt_required", "view"),
                Step("cache", "60 s by path", "flask_caching", "view"),
                Step("own", "timed()", "shop.timing.timed", "view"),
                Step("body", "shop.views.order", "shop.views.order", "view"),
                Step("cors", "https://shop.example with credentials", "flask_cors"),
            ),
            guards=(jwt,),
            limits=(limit,),
            cache=(CacheUse("cached", 60, "path", position=3),),
            cors=replace(
                shop,
                policies=(
                    {"source": "CORS(blueprint shop)", "origins": ["https://shop.example"], "open": False},
                    {"source": "CORS(app)", "origins": [], "open": False},
                ),
            ),
            exposure="guarded",
        ),
        Route(
            "/items",
            "shop.items",
            "GET",
            path="/items",
            name="shop.views.items",
            cors=Cors("CORS(app)", ("*",), open=True),
            cache=(CacheUse("memoize", None, "shop.keys.by_user()", personal=True), CacheUse("cached", 0, "path")),
            limits=(replace(limit, scope="default", key=""),),
            exempt=("application",),
        ),
        Route(
            "/basket",
            "shop.basket",
            "POST",
            exposure="optional",
            guards=(Guard("jwt", "optional", "shop.auth.maybe", at="shop"),),
            cors=shop,
            limits=(replace(limit, scope="shared", key="shop.keys.user_id"),),
        ),
        Route(
            "/admin/reports",
            "admin.reports",
            "GET",
            exposure="conditional",
            guards=(
                Guard("own", "conditional", "shop.admin.check", at="admin"),
                Guard("jwt", "fresh", "", at="app"),
                Guard("jwt", "refresh", "jwt_required"),
            ),
            dead=("@limiter.limit('1/day')",),
            unseen="`functools.singledispatch` hides the view",
        ),
    )


def live(folder: Path) -> LiveApp:
    """Return an app with something of everything, its source written to `folder`."""
    (folder / "shop").mkdir(exist_ok=True)
    (folder / "shop" / "views.py").write_text(VIEWS, encoding="utf-8")
    extensions = "db = SQLAlchemy()\ncache = Cache()\nlimiter = Limiter(get_remote_address)\n"
    (folder / "shop" / "extensions.py").write_text(extensions, encoding="utf-8")
    place = spot(folder, "extensions.py", 3)
    return LiveApp(
        "shop",
        spot(folder, "__init__.py"),
        folder.as_posix(),
        python="3.11.7",
        versions={"flask": "3.1.3", "flask-sqlalchemy": "3.1.1", "flask-caching": "2.5.1", "flask-limiter": "4.1.1"},
        workers=4,
        instances=(
            Instance("sqlalchemy", "shop.extensions:db", ("shop.extensions:db",), place, "this"),
            Instance("caching", "shop.extensions:cache", spot=place, bound="this", inert="its backend is NullCache"),
            Instance(
                "limiter",
                "shop.extensions:limiter",
                spot=place,
                bound="both",
                others=("shop_admin",),
                drift=(Drift("RATELIMIT_STORAGE_URI", "memory://", "redis://:hunter2@cache:6379/0"),),
            ),
            Instance("jwt", "shop.extensions:jwt", spot=place, bound="this", twice=2),
            Instance("mail", spot=place, bound="never"),
            Instance("migrate", "shop.extensions:migrate", bound="other"),
            Instance("cors", "shop.extensions:cors", bound="unknown"),
        ),
        config={
            "SECRET_KEY": Setting("str", None, {"length": 15, "known": False, "same": []}),
            "DEBUG": Setting("bool", "False"),
        },
        routes=routes(folder),
        hooks=(Hook("before_request", "shop.hooks.locale"),),
        answers=(
            Answer("database", "database", "postgresql://shop:***@db/shop", "answers", 0.012, "PostgreSQL 16.2"),
            Answer(
                "migrations", "migrations", "migrations", "refuses", 0.2, "1 revision is pending", {"heads": ["a1"]}
            ),
            Answer("redis", "redis of the cache", "redis://cache:6379/0", "unreachable", 2.004, "connection refused"),
            Answer("smtp", "mail server", "smtp.example:587", "crashed", 0.0, ""),
        ),
        probes=Probes(
            (
                Probed(
                    "/orders/<int:id>",
                    "GET",
                    "shop.order",
                    asked={
                        "anonymous": {"status": 401, "reached": False},
                        "authorised": {"status": 200, "reached": True},
                        "foreign origin": {"status": 200, "origin": "https://shop.example", "credentials": True},
                        "preflight": {"status": 200, "origin": "*"},
                        "junk token": {"error": "KeyError: 'sub'"},
                        "spent": {"refused": "open file /tmp/x for writing"},
                    },
                ),
                Probed("/basket", "POST", "shop.basket", skipped="its view is built in"),
            ),
            seconds=0.35,
        ),
    )


def examined(folder: Path) -> Examination:
    """Return an examination in which every state occurs."""
    return Examination(
        live(folder),
        folder.as_posix(),
        (
            Verdict("app/extension-never-bound", "Every extension is bound", "failed"),
            Verdict("caching/key-too-coarse", "Keys tell callers apart", "crashed", "KeyError: 'key'"),
            Verdict("jwt/token-never-expires", "Tokens expire", "passed"),
            Verdict("limiter/process-local-storage", "Workers count together", "failed"),
            Verdict(
                "mail/blocks-request", "No request waits for mail", "skipped", "Flask-Mail does not serve this app"
            ),
            Verdict("mail/misconfigured", "Mail can be sent", "skipped", "Flask-Mail does not serve this app"),
            Verdict("sqlalchemy/legacy-query", "", "skipped", "the backends were not asked"),
            Verdict("together/cached-above-auth", "Guards stand above caches", "failed"),
        ),
        (
            Fault(CACHED),
            Fault(SECRET),
            Fault(WHOLE),
            Fault(LOCAL, (*(consequence(number) for number in (1, 2, 3, 4)), consequence(5, Level.error))),
            Fault(NOTE),
        ),
        ("passed over 3 notebooks",),
    )


def clean(folder: Path) -> Examination:
    """Return an examination that found nothing."""
    app = replace(live(folder), probes=None, answers=None)
    return Examination(app, folder.as_posix(), (Verdict("jwt/token-never-expires", "Tokens expire", "passed"),))


def large(folder: Path, count: int) -> Examination:
    """Return an examination of an app with many routes."""
    template = routes(folder)[1:]
    many = tuple(
        replace(
            template[number % len(template)],
            rule=f"/v{number:03}{template[number % len(template)].rule}",
            endpoint=f"v{number:03}.{template[number % len(template)].endpoint}",
        )
        for number in range(count)
    )
    made = examined(folder)
    return Examination(replace(made.app, routes=many), made.root, made.verdicts, made.faults)
