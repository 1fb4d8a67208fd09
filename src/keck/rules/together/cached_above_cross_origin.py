"""A view is cached outside `@cross_origin`: what one origin was told, or a preflight, is the answer to all.

What: `@cache.cached()` stands above `@cross_origin()`.

Why: `cross_origin` answers preflights and adds its headers inside the cache. The answer to a preflight is stored under
    the path of the view: from then on every GET gets an empty 200. Without a preflight the header of the first origin is
    stored, and browsers refuse the answer to any other.

Fix: Put `cross_origin` above `cached`. `keck fix` moves it.

When to ignore it: Never. Keck is silent where the key, or `unless`, keeps preflights and origins apart.

Evidence: Reproduced with Flask-Caching 2.5.1 and Flask-CORS 6.0.5, for `cached` and `memoize`: GET after a preflight is answered
    with 200, an empty body and the preflight's `Allow`; b.example gets `Access-Control-Allow-Origin: https://a.example`.
    With `cross_origin` above both get their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.facts.expr import is_false
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.project.decorators import Layer
from keck.project.values import Known
from keck.rule import Rule
from keck.rules._wording import called, decorator
from keck.rules.caching._words import CACHE, VIEWS
from keck.rules.together._order import cached_views, lifted, shown_rules

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached

rule = Rule(
    __name__,
    requires=("cross_origin",),
    level=Level.error,
    needles=(*CACHE, *VIEWS, "cross_origin"),
    good="No cache stands outside `@cross_origin`",
    needs=("caching", "routes"),
)

_POISONED = "the answer to a preflight is stored, and then everybody gets it, which is empty"
_FIRST = "the headers for the first origin are stored, and every other one gets them"
_PASSED = ("cached", "memoize", "limit", "limiting", "jwt")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield caches that stand outside a `cross_origin`."""
    told: set[Place] = set()
    for one, route, at in cached_views(project):
        inside = next((each for each in route.effective[at + 1 :] if each.kind == "cross_origin"), None)
        harm = "" if inside is None else _harm(project, one, inside)
        if inside is None or not harm or one.layer.place in told:
            continue
        told.add(one.layer.place)
        yield rule.finding(
            one.layer.place,
            f"{decorator(one.layer)} stands above {decorator(inside)} of {called(one.name)}: {harm}",
            f"put {decorator(inside)} above {decorator(one.layer)}",
            symbol=one.symbol,
            related=[(inside.place, "answers inside the cache")],
            fix=lifted(
                route,
                [inside],
                route.effective[at],
                over=_PASSED,
                intends=(*shown_rules("cache", route), *shown_rules("cors", route), *shown_rules("limits", route)),
            ),
        )


def _harm(project: Project, one: Cached, inside: Layer) -> str:
    key = project.caches.key(one)
    if not key.known or inside.call is None or inside.call.open_ended:
        return _POISONED if key.known and inside.call is None else ""
    if not is_false(inside.call.keyword("automatic_options")) and not key.covers("method"):
        return _POISONED
    origins = inside.call.argument(0, "origins")
    value = project.value(inside.module, inside.scope, origins)
    given = value.value if isinstance(value, Known) else None
    alone = given[0].value if isinstance(given, list) and len(given) == 1 and isinstance(given[0], Known) else given
    fixed = isinstance(alone, str) and not set(alone) & set("*?[]()|^$")
    hidden = origins is not None and given is None
    return "" if fixed or hidden or key.covers("headers") else _FIRST


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield live views with a `cross_origin` inside their cache."""
    told: set[str] = set()
    for route in app.routes:
        kinds = [one.kind for one in route.layers]
        use = next((one for one in route.cache if one.details.get("bound", True)), None)
        if use is None or use.kind not in kinds or route.endpoint in told:
            continue
        inside = route.layers[kinds.index(use.kind) + 1 :]
        answering = next((one for one in inside if one.kind == "cross_origin"), None)
        if answering is None or use.personal or use.details.get("unless"):
            continue
        if answering.details.get("automatic_options", True) is False:
            continue
        told.add(route.endpoint)
        yield rule.live(
            route.spot,
            f"the cache of {called(route.name.rpartition('.')[2])} stands outside `@cross_origin()`: {_POISONED}, "
            f"at {route.method} {route.rule}",
            "put `@cross_origin()` above the cache",
            symbol=route.endpoint,
            tags=("caching", route.endpoint),
        )
