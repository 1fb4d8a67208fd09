"""Requests that the guard refuses are counted by no limit.

What: A view has limits, and all of them stand inside its token check: `@jwt_required()` above the only
    `@limiter.limit()`, or two limits, one on each side, of which Flask-Limiter then runs both inside.

Why: A request with a bad token never gets as far as the limit. Tokens can be tried, and signatures made to be
    checked, as fast as the server answers. Default limits do not help: one decorated limit takes the whole view out of
    them.

Fix: Add `application_limits=["600 per minute"]` keyed by address to the `Limiter`, and keep the limit by identity
    below the guard; or put a single limit above the guard.

When to ignore it: A gateway in front limits addresses.

Evidence: Flask-Limiter 4.1.1 with Flask-JWT-Extended 4.7.4: four requests with a bad token get 422 each under "2 per
    minute" below the guard; with the limit above it the third gets 429; with one limit above and one below, bad tokens
    get 422 without end.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import Guard, LiveApp, Route
from keck.rule import Rule
from keck.rules._wording import called
from keck.rules.together._live import LETS_PASS, spoken

rule = Rule(
    __name__,
    level=Level.warning,
    good="Requests that a guard refuses are counted as well",
    needs=("limiter", "routes"),
    follows=("app/extension-inert", "app/config-without-effect"),
)


_OWN = frozenset({"own", "shared"})
SHOWN = 6
"""Views that a finding names, the first one included."""


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding a limiter, with the guarded views whose limits a refused request never meets."""
    for limiter in app.of("limiter", "this", "both"):
        found: dict[str, tuple[Route, Guard]] = {}
        for route in app.routes:
            guard = _refuses_first(route, limiter.name)
            if guard is not None:
                found.setdefault(route.endpoint, (route, guard))
        if not found:
            continue
        routes = [route for route, _ in found.values()]
        more = f" and {len(routes) - 1} more" if len(routes) > 1 else ""
        yield rule.live(
            routes[0].spot,
            f"no limit counts the requests that {spoken(next(iter(found.values()))[1])} refuses: those of "
            f"{called(routes[0].name.rpartition('.')[2])}{more} stand inside it",
            "add `application_limits` by address to the limiter, or put one limit above the guard",
            symbol=limiter.name,
            tags=("limiter", *found),
            related=[(route.spot, f"{route.method} {route.rule}") for route in routes[1:SHOWN]],
        )


def _refuses_first(route: Route, limiter: str) -> Guard | None:
    """Return the guard that stands in front of all limits of a view, if one of them is this limiter's."""
    guard = next(
        (one for one in route.guards if one.kind == "jwt" and one.at == "view" and one.how not in LETS_PASS), None
    )
    if guard is None or not any(one.limiter == limiter for one in route.limits):
        return None
    outside = [one for one in route.limits if one.position < guard.position]
    inside = [one for one in route.limits if one.position > guard.position]
    if not inside:
        return None
    # of two decorated limits of one limiter around a guard, the outer one leaves its work to the inner one
    stacked = {one.limiter for one in inside if one.scope in _OWN}
    if all(one.scope in _OWN and one.limiter in stacked for one in outside):
        return guard
    return None
