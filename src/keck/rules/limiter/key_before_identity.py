"""The key of a limit asks for an identity that is not there yet.

What: A limit by `get_jwt_identity` that runs before the token is looked at: as a default or application limit, or on a
    decorator above `@jwt_required()`.

Why: Every request fails with a RuntimeError, or, with `swallow_errors=True`, the limit is gone without a word.

Fix: Put the limit below the guard, or call `verify_jwt_in_request(optional=True)` in the key function and fall back to
    the address.

When to ignore it: Never.

Evidence: Flask-Limiter 4.1.1 with Flask-JWT-Extended 4.7.4: every request is answered with 500 where
    `get_jwt_identity` is the key of default limits, or of a limit above the guard; below the guard the third request
    gets 429. alisaifee/flask-limiter #67 and #348.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule
from keck.rules._wording import called

rule = Rule(
    __name__,
    level=Level.error,
    good="No limit asks for an identity before there is one",
    needs=("limiter", "routes"),
)

_IDENTITIES = frozenset({"get_jwt_identity", "get_jwt", "get_current_user"})


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding an endpoint whose limit asks too early."""
    told: set[str] = set()
    for route in app.routes:
        guards = [one.position for one in route.guards if one.kind == "jwt"]
        for limit in route.limits:
            key = limit.key.rpartition(".")[2]
            early = all(position > limit.position for position in guards)
            if key in _IDENTITIES and early and route.endpoint not in told:
                told.add(route.endpoint)
                yield rule.live(
                    route.spot,
                    f"`{limit.text}` of {called(route.name.rpartition('.')[2])} is counted by `{key}()` before any token "
                    "was looked at: each request fails",
                    "put the limit below the guard, or verify the token in the key function and fall back to the address",
                    symbol=route.endpoint,
                    tags=("limiter", route.endpoint),
                )
