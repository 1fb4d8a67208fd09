"""A cached view also answers methods that change something.

What: `@cache.cached()` wraps a view that answers POST, PUT, PATCH or DELETE, and the method is not in the cache key.
    A view that answers OPTIONS itself and looks at the method is the same case.

Why: Flask-Caching builds the key from the path. After one GET, a POST to the same URL is answered from the cache and
    the view does not run: nothing is saved, and the caller is told that it was. Where a POST comes first, the next
    GET, and the next POST with other data, get its answer.

Fix: Give the writing methods a view of their own and cache only the one that reads. Where it has to stay one view, let
    the cache pass them by: `unless=lambda: request.method != "GET"`, which is what `keck fix --unsafe` writes.

When to ignore it: A POST that only reads, such as a search, and whose key is made from what it is asked. Keck is silent
    when the function that makes the key reads the method or the body.

Evidence: Reproduced with Flask-Caching 2.5.1: POST after GET returns the stored list and the view does not run; a second
    POST gets the first one's answer. pallets-eco/flask-caching #270 and #666, thadeusb/flask-cache #183.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.edit import Fix, Import, Keyword
from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule
from keck.rules._wording import called, decorator, listed
from keck.rules.caching._words import CACHE, PACKAGES, READERS, VIEWS

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached
    from keck.project.routes import Route

rule = Rule(
    __name__,
    requires=PACKAGES,
    level=Level.error,
    needles=(*CACHE, *VIEWS, *READERS),
    good="Caches keep answers to GET alone",
    needs=("caching", "routes"),
)

_WRITING = ("POST", "PUT", "PATCH", "DELETE")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield cached views that answer more than GET and HEAD."""
    for one in project.caches.all:
        if one.memoized or not one.routes:
            continue
        methods = {method for route in one.routes for method in _written(project, route)}
        if not methods:
            continue
        key = project.caches.key(one)
        if not key.known or key.covers("method"):
            continue
        reading = any(route.methods & {"GET", "HEAD"} for route in one.routes)
        if key.covers("body") and not reading:
            continue
        named = listed(method for method in (*_WRITING, "OPTIONS") if method in methods)
        told = "a stored answer is given instead of running it" if reading else "the first answer is given to all"
        yield rule.finding(
            one.layer.place,
            f"{called(one.name)} answers {named}, and {decorator(one.layer)} does not look at the method: {told}",
            'cache a view that answers GET only, or pass `unless=lambda: request.method != "GET"`',
            symbol=one.symbol,
            related=[(one.routes[0].place, f"{called(one.name)} answers {named}")],
            fix=_passing_by(one) if reading else None,
        )


def _passing_by(one: Cached) -> Fix | None:
    """Return the fix that lets all but GET pass the cache by; HEAD, which is answered as GET, as well."""
    call = one.inner.call
    if call is None or call is not one.layer.expr or len(call.args) > 2 or call.keyword("unless") is not None:
        return None
    place = one.layer.place
    return Fix(
        'pass `unless=lambda: request.method != "GET"`',
        (Keyword(place, "unless", 'lambda: request.method != "GET"'), Import(place, "from flask import request")),
        safe=False,
        changes="runs the view for every request but GET",
        intends=tuple(f"cache/* *{rule}" for route in one.routes for rule in route.rules) or ("cache/*",),
    )


def _written(project: Project, route: Route) -> set[str]:
    found = {method for method in _WRITING if method in route.methods}
    if "OPTIONS" in route.methods and route.function.owner == "":
        reads = project.reads.own(route.module, route.function.name)
        found |= {"OPTIONS"} if any(one.kind == "method" for one in reads) else set()
    return found


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield cached views that a writing method reaches as well."""
    told: set[str] = set()
    for route in app.routes:
        use = next((one for one in route.cache if one.kind == "cached" and one.details.get("bound", True)), None)
        if use is None or use.personal or use.details.get("unless") or route.endpoint in told:
            continue
        if route.method not in _WRITING:
            continue
        told.add(route.endpoint)
        reading = bool({"GET", "HEAD"} & set(route.methods))
        told_by = "a stored answer is given instead of running it" if reading else "the first answer is given to all"
        yield rule.live(
            route.spot,
            f"{called(route.name.rpartition('.')[2])} answers {route.method} {route.rule}, and its cache does not look at "
            f"the method: {told_by}",
            'cache a view that answers GET only, or pass `unless=lambda: request.method != "GET"`',
            symbol=route.endpoint,
            tags=("caching", route.endpoint),
        )
