"""Preflights use up the limit of the requests that they precede.

What: Default or application limits of Flask-Limiter hold for a view that answers other origins, and nothing takes
    OPTIONS out of them.

Why: A browser asks before a request that carries a token or JSON. Each such pair counts twice in one bucket, and when
    the preflight is the one that is refused, the front end sees a CORS error and not the 429.

Fix: Register `@limiter.request_filter` with a function that returns `request.method == "OPTIONS"`, or give default
    limits `per_method=True`.

When to ignore it: The limit is far above what a browser sends in its time.

Evidence: Flask-Limiter 4.1.1 with Flask-CORS 6.0.5 under "2 per minute": OPTIONS 200, POST 200, OPTIONS 429,
    POST 429; with the filter only POST counts. alisaifee/flask-limiter #70.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule, Skipped

rule = Rule(
    __name__,
    level=Level.warning,
    good="Preflights are not counted by limits",
    needs=("limiter", "cors", "routes"),
    follows=("app/extension-inert", "app/config-without-effect"),
)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding a limiter whose general limits hold for views that other origins may call."""
    limiters = app.of("limiter", "this", "both")
    if any(one.facts.get("filters") for one in limiters):
        raise Skipped("a request filter decides what is counted")
    for one in limiters:
        found = [
            (route, limit)
            for route in app.routes
            for limit in route.limits
            if limit.scope in {"default", "application"}
            and not limit.per_method
            and not limit.methods
            and limit.limiter == one.name
            and route.cors.source
            and route.cors.preflight
            and route.automatic_options
        ]
        if not found:
            continue
        route, limit = found[0]
        more = len({each.endpoint for each, _ in found}) - 1
        yield rule.live(
            one.spot,
            f"preflights count against `{limit.text}`: of {route.method} {route.rule}"
            + (f" and {more} more endpoint{'s' * (more > 1)}" if more else ""),
            'register `@limiter.request_filter` with a function that returns `request.method == "OPTIONS"`',
            symbol=one.name,
            tags=("limiter",),
        )
