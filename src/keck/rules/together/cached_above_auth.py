"""A view is cached outside its guard: who has been let in decides what everybody gets.

What: `@cache.cached()` stands above `@jwt_required()`, `@login_required` or another guard, or the view lets
    callers in itself, by `verify_jwt_in_request()` or `permission.require()`.

Why: On a hit neither the guard nor the view runs. After the first authorised request, anyone without a token gets the
    stored answer, until it expires.

Fix: Put the guard above `cached`. Where the answer then depends on who asks, put the identity into the key. `keck fix` moves
    `cached` below the guards; where the answer depends on who asks, with `--unsafe` only.

When to ignore it: Every caller may see the answer, and the guard is there for another reason.

Evidence: Reproduced with Flask-Caching 2.5.1 and Flask-JWT-Extended 4.7.4: anonymous gets 401, then, after one request with a
    token, 200 and the protected answer; with the guard above, 401 each time. pallets-eco/flask-caching #111.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from keck.edit import Fix
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.rule import Rule
from keck.rules._wording import called, decorator, read
from keck.rules.caching._words import PACKAGES, PERSONAL
from keck.rules.together._live import caches, passed, reads_of, spoken
from keck.rules.together._order import lowered, shown_rules
from keck.rules.together._personal import excused, passed_guards, personal

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached

rule = Rule(
    __name__,
    requires=PACKAGES,
    level=Level.error,
    needles=PERSONAL,
    good="No cache stands outside a guard",
    needs=("caching", "routes"),
)


_PASSED = ("jwt", "guard", "limit", "limiting", "cross_origin", "cached", "memoize")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield cached views whose guard stands inside the cache."""
    told: set[Place] = set()
    for one in project.caches.all:
        passed = passed_guards(project, one)
        if not passed or one.layer.place in told or excused(project, one):
            continue
        told.add(one.layer.place)
        name, place = passed[0]
        also = personal(project, one)
        why = f"; the answer also depends on {read(also[0].name)}: put that into the key too" if also else ""
        yield rule.finding(
            one.layer.place,
            f"{decorator(one.layer)} stands above {name}: once someone was let in, "
            f"everybody gets the stored answer of {called(one.name)}",
            f"put {name} above {decorator(one.layer)}{why}"
            if name.startswith("`@")
            else f"check before the cache does, with a decorator above {decorator(one.layer)}{why}",
            symbol=one.symbol,
            related=[(place, "is passed by on a hit")],
            fix=_inside_guards(one, bool(also)),
        )


def _inside_guards(one: Cached, personal_answer: bool) -> Fix | None:
    """Return the fix that moves the cache below the last guard."""
    route = one.routes[0]
    layers = route.effective
    at = next(at for at, each in enumerate(layers) if each.place == one.layer.place)
    inside = [each for each in layers[at + 1 :] if each.kind in {"jwt", "guard"}]
    if not inside or len(one.routes) > 1:
        return None
    fix = lowered(route, layers[at], inside[-1], over=_PASSED, intends=shown_rules("cache", route))
    if fix is None or not personal_answer:
        return fix
    changes = "lets the guard decide first, and still gives one caller's answer to others whom it lets in"
    return msgspec.structs.replace(fix, safe=False, changes=changes)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield views whose stored answer passes a guard by."""
    for route, use in caches(app):
        guards = passed(route, use)
        if not guards:
            continue
        guard = guards[0]
        also = reads_of(route)
        why = f"; the answer also depends on {read(also[0])}: put that into the key too" if also else ""
        yield rule.live(
            route.spot,
            f"the cache of {called(route.name.rpartition('.')[2])} stands outside {spoken(guard)}: once someone was "
            f"let in, everybody gets the stored answer of {route.method} {route.rule}",
            f"put {spoken(guard)} above the cache{why}",
            symbol=route.endpoint,
            tags=("caching", route.endpoint),
            related=[(guard.spot, "is passed by on a hit")] if guard.spot.path else [],
        )
