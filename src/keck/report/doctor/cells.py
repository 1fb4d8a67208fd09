"""What applies to a route, in words: the cells of the route matrix."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

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

_DYNAMIC = re.compile(r"\bas ([\w.<>]+\(\)) says")
_NAME = re.compile(r"(?<![\w.<>/:@\"'-])(?:[A-Za-z_<][\w<>]*\.)+(\w+)(?![\w.])")
_BY = re.compile(r"\bby ([\w.<>]+\(\))")


def guard(one: Guard) -> str:
    """Return a guard as ``jwt_required (fresh token)``, with the hook that it is of, if it is of one."""
    name = one.name.rpartition(".")[2] or one.kind
    parts = [HOWS.get(one.how, one.how)] if HOWS.get(one.how, one.how) else []
    parts += [hooked(one.at)] if one.at != "view" else []
    return name + (f" ({', '.join(parts)})" if parts else "")


def clashes(routes: Iterable[Route]) -> frozenset[str]:
    """Return the functions of limits and caches that the last part of their name does not tell apart."""
    texts = {text for one in routes for each in one.limits for text in (each.text, each.key)}
    texts |= {each.key for one in routes for each in one.cache}
    names = {found[0] for text in texts for found in _NAME.finditer(text)}
    count = Counter(name.rpartition(".")[2] for name in names)
    return frozenset(name for name in names if count[name.rpartition(".")[2]] > 1)


def limit(one: Limit, whole: frozenset[str] = frozenset()) -> str:
    """Return a limit as ``5 per 1 minute by address``, with its scope if it is not the route's own.

    Args:
        one: the limit.
        whole: the functions to name with their package, see `clashes`.
    """
    key = _named(one.key, whole)
    said = _short(_DYNAMIC.sub(r"\1", one.text), whole)
    text = f"{said} by {KEYS.get(key, key)}" if key else said
    return f"{text} ({SCOPES[one.scope]})" if one.scope in SCOPES else text


def cached(one: CacheUse, whole: frozenset[str] = frozenset()) -> str:
    """Return a use of the cache as ``60 s by path``, or ``default time-out, key page_key()``; ``memoized`` for a function's.

    Args:
        one: the use.
        whole: as for `limit`.
    """
    kept = "default time-out" if one.timeout is None else f"{one.timeout:g} s" if one.timeout else "for good"
    return _keyed(f"{kept} by {one.key}", whole) + (", memoized" if one.kind == "memoize" else "")


def _keyed(text: str, whole: frozenset[str]) -> str:
    return _short(_BY.sub(r", key \1", text).replace(" , key", ", key"), whole)


def _short(text: str, whole: frozenset[str]) -> str:
    return _NAME.sub(lambda found: _named(found[0], whole), text)


def _named(name: str, whole: frozenset[str]) -> str:
    return name if name in whole else name.rpartition(".")[2]


def cors(one: Cors) -> str:
    """Return which origins may read the answers; empty where nobody says."""
    if not one.source:
        return ""
    who = "any origin" if one.open else ", ".join(one.origins) or "no origin"
    return who + (" with credentials" if one.credentials else "")


def steps(route: Route, whole: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
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
            yield step.kind, brief(step, whole)
    if crossed:
        yield "cors", crossed


def brief(step: Step, whole: frozenset[str] = frozenset()) -> str:
    """Return the text of a step without what its kind says already; `whole` as for `limit`."""
    text = step.text
    if step.kind == "limit":
        text = _short(_DYNAMIC.sub(r"\1", text), whole)
    elif step.kind == "cache":
        memoized = ", memoized" if text.startswith("memoize ") else ""
        text = text.removeprefix("cached ").removeprefix("memoize ").removeprefix("for ")
        text = _keyed(text.replace("as long as the cache says", "default time-out"), whole) + memoized
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
