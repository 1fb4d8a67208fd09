"""Where the app answers otherwise than its code reads.

Only what an answer proves counts. A request that was kept from something, that failed for want of a database, or that
was refused before it came to what is asked about, proves nothing; nor is it a difference where the reading
leaves open what the probe settles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from keck.live.record import Probed, Probes, Route

EVIL = "https://keck-probe.example"
"""The foreign origin: nobody's."""

_REFUSALS = {401, 403}
_KEPT = (  # errors of databases, of their drivers, and of the system, to which the probe may have brought it
    *("Operational", "Programming", "Interface", "InternalError", "Database", "ReadOnly", "Connection", "Timeout"),
    *("OSError", "PermissionError", "BrokenPipe", "BlockingIO", "Refused", "TooLong", "ClosedResource"),
)

Difference = dict[str, Any]


def differences(routes: Iterable[Route], probes: Probes) -> list[Difference]:
    """Return where the probe contradicts what was read.

    Each has ``route`` ("GET /items"), ``endpoint``, ``what`` (``auth``, ``limit``, ``cache``, ``cors``,
    ``credentials``, ``preflight`` or ``error``), ``read``, ``seen``, and ``sentence``.
    """
    read = {(one.rule, one.method, one.endpoint): one for one in routes}
    found: list[Difference] = []
    for probed in probes.routes:
        route = read.get((probed.rule, probed.method, probed.endpoint))
        if route is not None and not probed.skipped:
            for what, was, seen in _of(route, probed):
                name = f"{route.method} {route.rule}"
                found.append(
                    {
                        "route": name,
                        "endpoint": route.endpoint,
                        "what": what,
                        "read": was,
                        "seen": seen,
                        "sentence": f"{name} reads as {was}, but {seen}.",
                    }
                )
    return found


def friend(route: Route) -> str:
    """Return an origin that the route's policy lets in, as far as it can be told; else the foreign one."""
    if route.cors.open or answers(route, EVIL):
        return EVIL
    return next((one for one in route.cors.origins if not one.startswith("re:") and "://" in one), EVIL)


def answers(route: Route, origin: str) -> bool:
    """Return whether the route reads as answering an origin: one policy that lets it in is enough."""
    every = [*route.cors.origins, *(one for policy in route.cors.policies for one in policy.get("origins", ()))]
    return route.cors.open or any(_matches(one, origin) for one in every)


def _of(route: Route, probed: Probed) -> Iterator[tuple[str, str, str]]:
    asked = {name: one for name, one in probed.asked.items() if _counts(one)}
    for what in (_auth, _limit, _cache, _cors, _preflight, _error):
        yield from what(route, asked)


Asked = dict[str, dict[str, Any]]


def _auth(route: Route, asked: Asked) -> Iterator[tuple[str, str, str]]:
    got = asked.get("anonymous")
    if got is None:
        return
    guarded = route.exposure == "guarded" and not _in_body(route)
    if guarded and got["reached"]:
        yield "auth", f"guarded by {_guards(route)}", "a request without a token gets through to the view"
    elif route.exposure in {"open", "optional"} and not got["reached"] and got["status"] in _REFUSALS:
        was = "open" if route.exposure == "open" else f"open, with {_guards(route)} that need no token"
        yield "auth", was, f"a request without a token is answered {got['status']}"
    junk = asked.get("junk token")
    if guarded and junk is not None and junk["reached"] and not got["reached"]:
        yield "auth", f"guarded by {_guards(route)}", "a request with a token that is none gets through to the view"


def _in_body(route: Route) -> bool:
    """Return whether the view itself asks for the token, in the body that the probe has cut."""
    strict = [one for one in route.guards if one.how not in {"optional", "conditional"}]
    return bool(strict) and all(one.at == "view" and one.name == route.name for one in strict)


def _limit(route: Route, asked: Asked) -> Iterator[tuple[str, str, str]]:
    got = [asked[name] for name in ("spent", "spent anonymous") if name in asked]
    sure = [one for one in route.limits if not one.exempt_when and re.search(r"\d", one.text)]
    stopped = any(one["status"] == 429 for one in got)
    if sure and not stopped and any(one["reached"] for one in got):
        texts = ", ".join(dict.fromkeys(one.text for one in sure))
        yield "limit", f"limited ({texts})", "a request gets through to the view when the limit is spent"
    elif not route.limits and stopped and not any(one["status"] == 429 for one in _unspent(asked)):
        yield "limit", "not limited", "a request is answered 429 once the limits are spent"


def _unspent(asked: Asked) -> Iterator[dict[str, Any]]:
    return (one for name, one in asked.items() if not name.startswith("spent"))


def _cache(route: Route, asked: Asked) -> Iterator[tuple[str, str, str]]:
    before, after = asked.get("authorised"), asked.get("anonymous after it")
    if before is None or after is None:
        return
    guards = [one.position for one in route.guards if one.how not in {"optional", "conditional"}]
    outside = [one for one in route.cache if guards and one.position < max(guards)]
    sure = [
        one for one in outside if not one.personal and not one.details.get("unless") and one.details.get("bound", True)
    ]
    if after["reached"] and not outside:
        yield (
            "cache",
            f"guarded by {_guards(route)}",
            "a request without a token gets the answer kept for one with a token",
        )
    elif sure and before["reached"] and before["status"] == 200 and not after["reached"] and _keeps(sure[0].details):
        yield "cache", "cached outside its guard", "a request without a token does not get the answer that was kept"


def _keeps(details: dict[str, Any]) -> bool:
    return details.get("backend") != "NullCache" and not details.get("response_filter")


def _cors(route: Route, asked: Asked) -> Iterator[tuple[str, str, str]]:
    got = asked.get("foreign origin")
    if got is None or got["status"] is None:
        return
    expected = answers(route, EVIL)
    seen = got.get("origin") in {"*", EVIL}
    if seen and not expected:
        yield "cors", "closed to foreign origins", "a foreign origin may read its answers"
    elif expected and not seen and got["reached"]:
        yield "cors", "readable from any origin", "a foreign origin gets no CORS headers"
    elif seen and bool(got.get("credentials")) != route.cors.credentials:
        told = "with" if got.get("credentials") else "without"
        was = "without" if got.get("credentials") else "with"
        yield "credentials", f"readable {was} credentials", f"a foreign origin is answered {told} credentials"


def _preflight(route: Route, asked: Asked) -> Iterator[tuple[str, str, str]]:
    got = asked.get("preflight")
    if got is None or got["status"] is None or not route.cors.source:
        return
    status = got["status"]
    if 300 <= status < 400:
        yield "preflight", "open to other origins", f"its preflight is redirected ({status}), which browsers refuse"
    elif status in {*_REFUSALS, 405, 422, 429}:
        yield "preflight", "open to other origins", f"its preflight is answered {status}, which browsers refuse"
    elif status < 300 and answers(route, friend(route)):
        allowed = got.get("origin") in {"*", friend(route)} and _allows(route.method, got.get("methods", []))
        if allowed != route.cors.preflight:
            was = "answering preflights" if route.cors.preflight else "not answering preflights"
            yield "preflight", was, "its preflight is answered" if allowed else "its preflight allows nothing"


def _allows(method: str, methods: list[str]) -> bool:
    return method in methods or "*" in methods


def _error(route: Route, asked: Asked) -> Iterator[tuple[str, str, str]]:
    if route.unseen:
        return
    names = {
        "anonymous": "a request without a token",
        "junk token": "a request with a token that is none",
        "preflight": "its preflight",
        "foreign origin": "a request from a foreign origin",
    }
    for name, who in names.items():
        got = asked.get(name)
        if got is not None and got["status"] == 500 and not got["reached"]:
            yield "error", _reads(route), f"{who} is answered 500 ({got.get('error') or 'no exception'})"
            return


def _reads(route: Route) -> str:
    return f"guarded by {_guards(route)}" if route.exposure == "guarded" else route.exposure


def _guards(route: Route) -> str:
    names = dict.fromkeys(one.name.rpartition(".")[2] for one in route.guards)
    return ", ".join(f"`{one}`" for one in names) or "a guard"


def _counts(answer: dict[str, Any]) -> bool:
    """Return whether an answer proves anything: it was not kept from something, and had its database."""
    kept = [one for one in answer.get("refused", ()) if one != "send mail"]
    broken = answer.get("status") in {None, 500} and str(answer.get("error", "")).startswith(_KEPT)
    return not kept and not broken and answer.get("status") is not None


def _matches(pattern: str, origin: str) -> bool:
    if pattern == "*":
        return True
    if not pattern.startswith("re:"):
        return pattern.lower() == origin.lower()
    try:
        return re.match(pattern[3:], origin, re.IGNORECASE) is not None
    except re.error:
        return False
