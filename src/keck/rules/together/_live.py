"""What the rules on caches, guards and limits ask of a live app's routes."""

from __future__ import annotations

from collections.abc import Iterator

from keck.live.record import CacheUse, Guard, LiveApp, Route

PERSONAL = (
    "get_jwt_identity",
    "get_jwt",
    "get_current_user",
    "current_user",
    "session",
    "request.cookies",
    "g.user",
    "set_access_cookies",
    "set_refresh_cookies",
    "get_flashed_messages",
)
"""Names of `Route.reads` that tell who asks, or that give an answer to one caller alone."""

LETS_PASS = frozenset({"optional", "conditional"})


def caches(app: LiveApp) -> Iterator[tuple[Route, CacheUse]]:
    """Yield each route with a cache that answers for it and does not tell callers apart, the first of each endpoint."""
    told = set()
    for route in app.routes:
        for use in route.cache:
            known = use.kind == "cached" and not use.personal and not use.details.get("unless")
            if known and use.details.get("bound", True) and route.endpoint not in told:
                told.add(route.endpoint)
                yield route, use


def passed(route: Route, use: CacheUse) -> list[Guard]:
    """Return the guards that stand inside a cache, so that a hit passes them by; not those that stand outside as well."""
    outside = {(one.kind, one.name, one.how) for one in route.guards if one.position < use.position}
    return [
        one
        for one in route.guards
        if one.position > use.position and one.how not in LETS_PASS and (one.kind, one.name, one.how) not in outside
    ]


def reads_of(route: Route) -> list[str]:
    """Return what the view reads that tells who asks, the clearest first."""
    return [name for name in PERSONAL if name in route.reads]


def spoken(guard: Guard) -> str:
    """Return a guard of a view as messages have it."""
    name = guard.name.rpartition(".")[2]
    return f"`@{name}()`" if name == "jwt_required" else f"`@{name}`"
