"""Cached answers push revoked tokens and limits out of Redis.

What: The cache and the limiter, or the cache and the client that keeps revoked tokens, stand on one Redis server
    that has a memory limit and evicts keys when it is reached.

Why: When the cache fills the memory, Redis makes room with whatever it finds: a revoked token is valid again, and
    who was limited starts over. Database numbers do not help, as memory and policy are the server's.

Fix: Give the cache a Redis of its own. `noeviction` alone keeps the guards and makes writes to the cache fail.

When to ignore it: Never, once the memory limit is within reach.

Evidence: A real Redis with 4 MB and `allkeys-lru`: a revoked token is refused with 401, and accepted with 200 after the
    cache was filled; a spent rate limit starts over. `volatile-lru` does the same, as a blocklist has expiry times.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule

rule = Rule(
    __name__,
    level=Level.error,
    good="No cache can push limits or revoked tokens out of Redis",
    needs=("redis",),
)

_HELD = {"limiter": "the counts of the limiter", "project": "what the project keeps there, such as revoked tokens"}


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding a server that evicts and is shared by the cache with something that must not be lost."""
    answered = [one for one in app.answers or () if one.kind == "redis" and one.state == "answers"]
    for cache in answered:
        policy = str(cache.facts.get("policy") or "noeviction")
        if cache.facts.get("role") != "cache" or policy == "noeviction" or not cache.facts.get("maxmemory"):
            continue
        same = [
            one
            for one in answered
            if one.facts.get("role") in _HELD and one.facts.get("server") == cache.facts.get("server")
        ]
        if not same:
            continue
        held = " and ".join(dict.fromkeys(_HELD[str(one.facts["role"])] for one in same))
        serving = app.serving("caching")
        yield rule.live(
            app.spot if serving is None else serving.spot,
            f"Redis at {cache.where} evicts by `{policy}` and holds cached answers beside {held}",
            "give the cache a Redis server of its own; another database number is not enough",
            symbol="redis",
            tags=("caching", "limiter"),
        )
