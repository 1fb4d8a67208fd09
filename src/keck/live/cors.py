"""CORS of a route: which policy answers first, whom it lets in, and where policies add up."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keck.live.chain import Link
from keck.live.policies import Policy, bound, each_origin, is_open, option, origins, text_of
from keck.live.record import Cors

HOSTILE = "https://evil.example"
_ALLOWED = "Access-Control-Allow-Origin"
_METHODS = "Access-Control-Allow-Methods"


@dataclass(frozen=True)
class Asked:
    """One policy that is asked about a route.

    Args:
        source: as `Cors.source`.
        options: as flask-cors keeps them.
        resource: the pattern that the route falls under.
        final: whether no other is asked after it, whatever it says.
        at: as `Step.at`.
    """

    source: str
    options: Any
    resource: str
    final: bool
    at: str


def asked(
    app: Any,  # noqa: ANN401 - a Flask app
    endpoint: str,
    path: str,
    links: Sequence[Link],
    policies: dict[str | None, tuple[Policy, ...]],
) -> tuple[Asked, ...]:
    """Return the policies that cover a route, in the order in which they are asked.

    Args:
        app: whose config `cross_origin` reads.
        endpoint: whose blueprints' policies come before the app's.
        path: that the rule matches.
        links: of its view.
        policies: of the app and of blueprints as far as they are known; filled as they are needed.
    """
    found = []
    decorators = [link for link in links if link.kind == "cross_origin" and "_options" in link.cells]
    if decorators:
        options = sys.modules["flask_cors.core"].get_cors_options(app, decorators[-1].cells["_options"])
        found.append(Asked("@cross_origin", options, "", final=True, at="view"))
    for name in (*blueprints(endpoint), None):
        if name not in policies:
            policies[name] = bound(app, name)
        for policy in policies[name]:
            resource = policy.covering(path)
            if resource is not None:
                one = Asked(policy.source, resource.options, text_of(resource.pattern), final=False, at=policy.at)
                found.append(one)
    return tuple(found[:1] if decorators else found)


def read(every: Sequence[Asked], method: str, *, handled: bool) -> Cors:
    """Return which origins may read a route's answers.

    Args:
        every: the policies that are asked, in order.
        method: of the route.
        handled: whether a request with OPTIONS gets an answer at all.
    """
    if not every:
        return Cors()
    policies = tuple(_described(one) for one in every)
    answering = [one for one in every if one.final or any(True for _ in each_origin(one.options))]
    if not answering:
        return Cors(policies=policies)
    known = sorted({text for one in every for text, regex in each_origin(one.options) if not regex} - {"*", ".*"})
    trials = [*known, HOSTILE]
    first = answering[0]
    allowing = [one for one in answering if any(_lets(one, origin) for origin in trials)] or [first]
    return Cors(
        source=first.source,
        origins=origins(first.options),
        open=any(is_open(one.options) for one in answering),
        credentials=any(bool(option(one.options, "supports_credentials")) for one in allowing),
        preflight=handled and any(_preflight(one, method, trials) for one in allowing),
        policies=policies,
        admits=tuple(_admits(every, trials)),
    )


def blueprints(endpoint: str) -> tuple[str, ...]:
    """Return the names of the blueprints that an endpoint is in, innermost first."""
    names = []
    name = endpoint.rpartition(".")[0]
    while name:
        names.append(name)
        name = name.rpartition(".")[0]
    return tuple(names)


def _described(one: Asked) -> dict[str, Any]:
    return {
        "source": one.source,
        "origins": list(origins(one.options)),
        "open": is_open(one.options),
        "credentials": bool(option(one.options, "supports_credentials")),
        "resource": one.resource,
    }


def _admits(every: Sequence[Asked], trials: Sequence[str]) -> list[dict[str, str]]:
    """Return the origins that the narrowest policy refuses and a wider one lets in."""
    found = []
    for origin in trials:
        if not _lets(every[0], origin):
            other = next((one for one in every[1:] if _lets(one, origin)), None)
            if other is not None:
                found.append({"origin": origin, "refused_by": every[0].source, "let_in_by": other.source})
    return found


def _lets(one: Asked, origin: str) -> bool:
    return bool(_headers(one, origin, "GET", "").get(_ALLOWED))


def _preflight(one: Asked, method: str, trials: Sequence[str]) -> bool:
    if not any(_lets(one, origin) for origin in trials):
        return method in str(option(one.options, "methods") or "")
    return any(method in str(_headers(one, each, "OPTIONS", method).get(_METHODS, "")) for each in trials)


def _headers(one: Asked, origin: str, method: str, wanted: str) -> Any:  # noqa: ANN401 - of flask-cors
    """Return the headers that flask-cors answers with; it reads nothing but what it is given."""
    headers = sys.modules["werkzeug.datastructures"].Headers({"Origin": origin})
    if wanted:
        headers["Access-Control-Request-Method"] = wanted
    return sys.modules["flask_cors.core"].get_cors_headers(one.options, headers, method)
