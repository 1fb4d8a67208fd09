"""Keys in Redis do not say which app they belong to.

What: The limiter has no key prefix, or the cache keeps the default one, `flask_cache_`, and both keep their keys in a
    Redis that other apps can use as well.

Why: A second app on the same Redis with the same defaults reads and counts the same keys: one app serves the other
    one's pages, and the first request to an endpoint can be refused because of visits to its namesake.

Fix: Set `RATELIMIT_KEY_PREFIX = "shop:limit:"` and `CACHE_KEY_PREFIX = "shop:cache:"`.

When to ignore it: This Redis is this app's alone, and stays so.

Evidence: Two apps on one Redis with defaults: the second one's first request gets 429, and its page is the first
    one's (Flask-Limiter 4.1.1, Flask-Caching 2.5.1). thadeusb/flask-cache PR 63.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule

rule = Rule(__name__, level=Level.note, good="Keys in Redis say which app they belong to")

_DEFAULT = "flask_cache_"


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield limiters and caches in Redis without a prefix of the app's own."""
    for one in app.of("limiter", "this", "both"):
        if one.facts.get("prefix") == "" and one.facts.get("where") and not one.facts.get("per_process"):
            yield rule.live(
                one.spot,
                f"`{one.name.rpartition(':')[2] or 'the limiter'}` counts in {one.facts['where']} without a key prefix: "
                "another app there counts the same keys",
                'set `RATELIMIT_KEY_PREFIX`, such as "shop:limit:"',
                symbol="RATELIMIT_KEY_PREFIX",
                tags=("limiter",),
            )
    for one in app.of("caching", "this", "both"):
        if one.facts.get("prefix") == _DEFAULT and "Redis" in str(one.facts.get("backend")):
            yield rule.live(
                one.spot,
                f"`{one.name.rpartition(':')[2] or 'the cache'}` keeps its keys in {one.facts['where']} under the default "
                f"prefix `{_DEFAULT}`: another app there finds the same keys",
                'set `CACHE_KEY_PREFIX`, such as "shop:cache:"',
                symbol="CACHE_KEY_PREFIX",
                tags=("caching",),
            )
