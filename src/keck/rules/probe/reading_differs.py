"""The app answers otherwise than its wiring says.

What: A request of the probe was let in, refused, limited or answered for another origin in a way that the wrappers,
    hooks and policies of its route do not explain.

Why: Either something protects the route, or opens it, that the wiring does not show, such as a hook that returns, a
    middleware, or an error on the way; or a guard fails with a 500 where it should refuse. Both are worth a look before
    somebody else takes it.

Fix: Ask for the route by `flask doctor routes ENDPOINT` and compare it with the answer that the finding tells.

When to ignore it: The difference is meant, such as a maintenance mode that refuses everything.

Evidence: Every difference is measured: the probe asks the app itself, in a process of its own, with the body of each
    view cut out.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule

rule = Rule(
    __name__,
    level=Level.warning,
    good="Every route answers as its wiring says",
    needs=("probe", "routes"),
    follows=(
        "together/cached-above-auth",
        "together/decorator-above-route",
        "together/refused-tokens-unlimited",
        "jwt/required-without-call",
        "limiter/limit-string-invalid",
        "app/extension-never-bound",
    ),
)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield where the probe and the reading disagree."""
    from keck.probe.differences import differences

    assert app.probes is not None  # noqa: S101 - the rule needs a probe
    by_name = {(f"{one.method} {one.rule}", one.endpoint): one for one in app.routes}
    for one in differences(app.routes, app.probes):
        route = by_name[one["route"], one["endpoint"]]
        yield rule.live(
            route.spot,
            one["sentence"].rstrip("."),
            f"compare it with `flask doctor routes {route.endpoint}`",
            symbol=f"{route.endpoint} {one['what']}",
            tags=(route.endpoint, *(("limiter",) if "rate limit string" in one["seen"] else ())),
        )
