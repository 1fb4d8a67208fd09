"""A view is cached outside its limit: hits are not counted, and a refusal is stored.

What: `@cache.cached()` stands above `@limiter.limit()`.

Why: A hit never gets as far as the limit. And since Flask-Caching 2.5 the refusal itself is stored, as an entry that cannot
    be read back: until it expires, each request for it writes an exception to the log and runs the view; in debug mode it
    fails.

Fix: Put the limit above `cached`. `keck fix` moves it.

When to ignore it: The limit is there for the work that a miss makes, hits are to be free, and a `response_filter` keeps
    refusals out of the cache: then Keck is silent.

Evidence: Reproduced with Flask-Caching 2.5.1 and Flask-Limiter 4.1.1: four requests under "1 per minute" are answered with 200;
    after a refusal the next reader of the entry meets "TypeError: RateLimitExceeded.__init__() missing 1 required
    positional argument". With the limit above, the second request gets 429 and nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.rule import Rule
from keck.rules._wording import called, decorator
from keck.rules.caching._words import CACHE, VIEWS
from keck.rules.together._order import cached_views, lifted, shown_rules

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached

rule = Rule(
    __name__,
    requires=("flask_limiter", "flask.ext"),
    level=Level.warning,
    needles=(*CACHE, *VIEWS, "imiter", ".limit", "shared_limit"),
    good="No cache stands outside a limit",
    needs=("caching", "limiter", "routes"),
)

_BEFORE_FILTER = 4
_UNCOUNTED = "hits are not counted"
_STORED = "hits are not counted, and a refusal is stored as an entry that cannot be read"


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield caches that stand outside limits of Flask-Limiter."""
    told: set[Place] = set()
    for one, route, at in cached_views(project):
        inside = [each for each in route.effective[at + 1 :] if each.kind == "limit"]
        if not inside or one.layer.place in told or _filters(one):
            continue
        told.add(one.layer.place)
        old = project.pins.before("flask-caching", "2.5.0", one.module.path) is True
        names = " and ".join(dict.fromkeys(map(decorator, inside)))
        yield rule.finding(
            one.layer.place,
            f"{decorator(one.layer)} stands above {names} of {called(one.name)}: {_UNCOUNTED if old else _STORED}",
            f"put {names} above {decorator(one.layer)}",
            level=Level.note if old else None,
            symbol=one.symbol,
            related=[(inside[0].place, "is passed by on a hit")],
            fix=lifted(
                route,
                inside,
                route.effective[at],
                over=("cached", "memoize"),
                intends=(*shown_rules("cache", route), *shown_rules("limits", route)),
            ),
        )


def _filters(one: Cached) -> bool:
    """Whether something may decide which answers are stored."""
    call = one.inner.call
    return (
        call is None
        or call.open_ended
        or len(call.args) > _BEFORE_FILTER
        or call.keyword("response_filter") is not None
    )


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield live views with a limit inside their cache."""
    told: set[str] = set()
    for route in app.routes:
        use = next((one for one in route.cache if one.details.get("bound", True)), None)
        if use is None or use.details.get("response_filter") or route.endpoint in told:
            continue
        inside = [one for one in route.limits if one.position > use.position]
        if not inside:
            continue
        told.add(route.endpoint)
        yield rule.live(
            route.spot,
            f"the cache of {called(route.name.rpartition('.')[2])} stands outside the limit `{inside[0].text}`: {_STORED}, "
            f"at {route.method} {route.rule}",
            "put the limit above the cache",
            symbol=route.endpoint,
            tags=("caching", "limiter", route.endpoint),
        )
