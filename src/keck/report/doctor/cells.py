"""What applies to a route, in words: the cells of the route matrix."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.live.record import CacheUse, Cors, Guard, Limit, Route, Step

INSTALLED = re.compile("/(?:site|dist)-packages/")
NAMED = ("guard", "limit", "cache", "own")
HOWS = {
    "required": "",
    "optional": "optional",
    "conditional": "depends on code",
    "fresh": "fresh token",
    "refresh": "refresh token",
}
KEYS = {"get_remote_address": "address", "get_ipaddr": "forwarded address"}
SCOPES = {"blueprint": "of the blueprint", "default": "default", "application": "of the app", "shared": "shared"}

_DYNAMIC = re.compile(r"\bas [\w.<>]*\.(\w+\(\)) says")


def guard(one: Guard) -> str:
    """Return a guard as ``jwt_required (fresh token)``, with the hook that it is of, if it is of one."""
    name = one.name.rpartition(".")[2] or one.kind
    parts = [HOWS.get(one.how, one.how)] if HOWS.get(one.how, one.how) else []
    parts += [hooked(one.at)] if one.at != "view" else []
    return name + (f" ({', '.join(parts)})" if parts else "")


def limit(one: Limit) -> str:
    """Return a limit as ``5 per 1 minute by address``, with its scope if it is not the route's own."""
    key = one.key.rpartition(".")[2]
    said = _DYNAMIC.sub(r"as \1 says", one.text)
    text = f"{said} by {KEYS.get(key, key)}" if key else said
    return f"{text} ({SCOPES[one.scope]})" if one.scope in SCOPES else text


def cached(one: CacheUse) -> str:
    """Return a use of the cache as ``60 s by path``; ``memoized`` where it is a function's."""
    kept = "default time-out" if one.timeout is None else f"{one.timeout:g} s" if one.timeout else "for good"
    return f"{kept} by {one.key}" + (", memoized" if one.kind == "memoize" else "")


def cors(one: Cors) -> str:
    """Return which origins may read the answers; empty where nobody says."""
    if not one.source:
        return ""
    who = "any origin" if one.open else ", ".join(one.origins) or "no origin"
    return who + (" with credentials" if one.credentials else "")


def steps(route: Route) -> Iterator[tuple[str, str]]:
    """Yield kind and text of what protects or changes the answer, in the order in which it runs.

    Left out are hooks that are neither guard nor limit, decorators of libraries that are neither, and the view
    itself. The policies of CORS are one step: which origins get an answer in the end, if any do.
    """
    libraries = {one.name for one in route.layers if not one.spot.path or INSTALLED.search(one.spot.path)}
    crossed = cors(route.cors)
    for step in route.order:
        if step.kind == "cors" and crossed:
            yield "cors", crossed
            crossed = ""
        elif step.kind in NAMED and not (step.kind == "own" and step.name in libraries):
            yield step.kind, brief(step)
    if crossed:
        yield "cors", crossed


def brief(step: Step) -> str:
    """Return the text of a step without what its kind says already."""
    text = _DYNAMIC.sub(r"as \1 says", step.text.removeprefix("cached for "))
    for name, key in KEYS.items():
        text = text.replace(f"by {name}", f"by {key}")
    return text


def warnings(route: Route) -> Iterator[str]:
    """Yield what is wrong with the route itself: decorators that never run, what could not be read off."""
    for one in route.dead:
        yield f"never runs: {one}"
    if route.unseen:
        yield f"unclear: {route.unseen}"


def hooked(at: str) -> str:
    """Return where a step runs that is none of the view's."""
    return "hook of the app" if at == "app" else f"hook of {at}"
