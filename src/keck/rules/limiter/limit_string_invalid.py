"""A limit cannot be parsed, so it limits nothing.

What: A text that is no limit, `"5 a minute"`, `"ten per hour"`, in `@limiter.limit()`, in default or application limits,
    in the config, or returned by a callable that is set there.

Why: On a decorator Flask-Limiter logs an error for each request and goes on without the limit. In default limits or
    the config every request fails with a ValueError.

Fix: Write `"5 per minute"`, or several with `;` between them: `"5 per minute; 20 per hour"`.

When to ignore it: Never.

Evidence: Flask-Limiter 4.1.1: eight requests are answered with 200 under `@limiter.limit("5 a minute")`; the same text
    as a default limit raises `ValueError: couldn't parse rate limit string`.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp, Spot
from keck.rule import Rule

rule = Rule(__name__, level=Level.error, good="Every limit can be parsed", needs=("limiter",))


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the limits of bound limiters that the limits library cannot read."""
    spots = {route.name: route.spot for route in app.routes}
    for one in app.of("limiter", "this", "both"):
        for each in one.facts.get("unparsed", ()):
            name = str(each["name"])
            own = name not in _GENERAL
            what = (
                f"`{name.rpartition('.')[2]}()` is not limited" if own else f"every request with a {name} limit fails"
            )
            spot = spots.get(name) or Spot(each.get("path") or "", each.get("line") or 1, each.get("line") or 1)
            yield rule.live(
                spot if spot.path else one.spot,
                f"`{each['text']}` is no limit that can be parsed: {what}",
                'write it as "5 per minute", several with `;` between them',
                symbol=f"{name} {each['text']}",
                tags=("limiter", name),
            )


_GENERAL = frozenset({"default", "application", "meta"})
