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


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the guarded views whose limits a refused request never meets."""
    told: set[str] = set()
    for route in app.routes:
        guard = _refuses_first(route)
        if guard is None or route.endpoint in told:
            continue
        told.add(route.endpoint)
        yield rule.live(
            route.spot,
            f"no limit counts the requests that {spoken(guard)} refuses: those of "
            f"{called(route.name.rpartition('.')[2])} stand inside it",
            "add `application_limits` by address to the limiter, or put one limit above the guard",
            symbol=route.endpoint,
            tags=("limiter", route.endpoint),
        )


def _refuses_first(route: Route) -> Guard | None:
    """Return the guard of a view by which all its limits are stood in front of."""
    guard = next(
        (one for one in route.guards if one.kind == "jwt" and one.at == "view" and one.how not in LETS_PASS), None
    )
    if guard is None or not route.limits:
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


_OWN = frozenset({"own", "shared"})
