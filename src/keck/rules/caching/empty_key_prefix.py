"""`cache.clear()` empties a Redis that is not the cache's alone.

What: The cache keeps its keys in Redis with an empty `CACHE_KEY_PREFIX`.

Why: With an empty prefix `clear()` is FLUSHDB: the counts of a limiter, revoked tokens and queued tasks in the same
    database are gone as well.

Fix: Set `CACHE_KEY_PREFIX = "shop:cache:"`, with a separator at its end: `clear()` also takes what merely begins with
    the prefix.

When to ignore it: The database number belongs to the cache alone.

Evidence: Flask-Caching 2.5.1 on a real Redis: after `clear()` with an empty prefix no key of anyone is left, and rate
    limits start over. thadeusb/flask-cache PR 63, pallets-eco/flask-caching #125.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule

rule = Rule(__name__, level=Level.warning, good="Clearing the cache clears nothing else", needs=("caching",))


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield caches in Redis without a prefix."""
    for one in app.of("caching", "this", "both"):
        if "Redis" in str(one.facts.get("backend")) and one.facts.get("prefix") == "":
            name = one.name.rpartition(":")[2] or "cache"
            yield rule.live(
                one.spot,
                f"`{name}.clear()` would empty all of {one.facts['where']}: its key prefix is empty",
                'set `CACHE_KEY_PREFIX`, such as "shop:cache:"',
                symbol="CACHE_KEY_PREFIX",
                tags=("caching",),
            )
