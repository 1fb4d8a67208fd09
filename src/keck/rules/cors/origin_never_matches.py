"""An allowed origin is written so that no browser ever sends it.

What:
    An entry of `origins` that cannot equal an `Origin` header: with a trailing slash or a path, without
    `https://`, with the default port, or several origins in one text (`"https://a.example,https://b.example"`).
    And a regular expression that does not compile (`*.example.com`).

Why:
    Browsers send scheme, host and port and nothing else: `https://shop.example`. Flask-CORS
    compares the whole text, so such an entry allows nobody, and the front end reports a CORS error that
    appears only where this setting is in use: in production. A text with an invalid expression stops
    the app at start with a ValueError.

Fix:
    Drop the slash, the path and the default port, add the scheme, and split a list:
    `[one.strip() for one in os.environ["CORS_ORIGINS"].split(",") if one.strip()]`. `keck fix` does all but the
    scheme, which would be a guess, where the origin is written as the option's value.

When to ignore it:
    Never; remove the entry where nothing depends on it.

Evidence:
    Flask-CORS 6.0.5: `https://ok.example/`, `ok.example`, `//ok.example`, `https://a.example,https://b.example`
    and `https://a.example|https://b.example` each match no origin. corydolphin/flask-cors issues 236 and 84.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.edit import Fix, Replace, Wrap
from keck.facts.expr import Call
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.values import Known
from keck.rule import Rule
from keck.rules.cors._live import policies as live_policies
from keck.rules.cors._origins import HINTS, entries, is_invalid
from keck.rules.cors._policies import policies
from keck.rules.cors._policy import Policy
from keck.rules.cors._words import ORIGINS
from keck.rules.cors._written import origin_expression

rule = Rule(
    __name__,
    requires=("flask_cors", "flask.ext"),
    level=Level.error,
    needles=ORIGINS,
    good="Every allowed origin can match",
)

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s,;|]+", re.IGNORECASE)
_DEFAULT_PORT = re.compile(r"(http://[^/]*:80|https://[^/]*:443)", re.IGNORECASE)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding an entry."""
    seen: set[tuple[Place, str]] = set()
    for one in policies(project):
        for entry in entries(one.origins.value):
            if not isinstance(entry.value, str) or (entry.place, entry.value) in seen:
                continue
            seen.add((entry.place, entry.value))
            fault, advice = _fault(entry.value)
            if fault:
                yield rule.finding(
                    entry.place,
                    f"the origin {entry.value!r} {fault}",
                    advice,
                    symbol=entry.value,
                    related=one.made,
                    fix=_fix(project, one, entry),
                )


def _fault(origin: str) -> tuple[str, str]:
    """Return what is wrong with an allowed origin and what to do, or empty texts."""
    if is_invalid(origin):
        return "is taken for a regular expression and does not compile", "write a plain origin, or a valid expression"
    if not origin or origin == "null" or not HINTS.isdisjoint(origin):
        return "", ""
    bare = origin.strip()
    if re.search(r"[,;|\s]", bare):
        return "is one text with several origins and matches none of them", "make it a list, or split it at its commas"
    if bare != origin:
        return "has spaces around it and never matches", "strip it"
    if _DEFAULT_PORT.fullmatch(origin):
        return "names the default port, which browsers leave out", "drop the port"
    if _ORIGIN.fullmatch(origin):
        return "", ""
    scheme, sign, rest = origin.partition("://")
    if not sign or not scheme:
        return "has no scheme and never matches", f"write https://{origin.lstrip('/')}"
    host = rest.partition("/")[0]
    if not host:
        return "names no host and never matches", 'write "null", which is what pages from files send'
    what = "a path" if rest.partition("/")[2].strip("/") else "a trailing slash"
    return f"has {what}, which browsers do not send", f"write {scheme}://{host}"


def _fix(project: Project, one: Policy, entry: Known) -> Fix | None:
    """Return how an origin is written as browsers send it; None where its scheme or host would be a guess."""
    origin = str(entry.value)
    written = origin_expression(project, one, entry.place)
    if written is None or is_invalid(origin):
        return None
    module, whole, part = written
    if re.search(r"[,;|\s]", origin.strip()):
        parts = [each.strip() for each in origin.split(",")]
        if not all(map(_ORIGIN.fullmatch, parts)):
            return None
        if part is whole:
            listed = ", ".join(f'"{each}"' for each in parts)
            return Fix("make it a list", (Replace(module.place(whole), f"[{listed}]"),), intends=_INTENDS)
        if isinstance(whole, Call):
            spaces = any(each != each.strip() for each in origin.split(","))
            before, after = ("[one.strip() for one in ", '.split(",")]') if spaces else ("", '.split(",")')
            return Fix("split it at its commas", (Wrap(module.place(whole), before, after),), intends=_INTENDS)
        return None
    found = re.match(r"([a-z][a-z0-9+.-]*://[^/\s]+?)(:(?:80|443))?(?:/.*)?$", origin.strip(), re.IGNORECASE)
    if found is None:
        return None
    bare = found[1] if _DEFAULT_PORT.fullmatch(f"{found[1]}{found[2] or ''}") else f"{found[1]}{found[2] or ''}"
    return Fix(f'write "{bare}"', (Replace(entry.place, f'"{bare}"'),), intends=_INTENDS)


_INTENDS = ("cors/*", "config/CORS_*", "extensions/cors/*")


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the origins that no browser sends."""
    told: set[str] = set()
    for one in live_policies(app):
        for origin, regex in one.origins:
            fault, advice = ("", "") if regex or one.open else _fault(origin)
            if fault and origin not in told:
                told.add(origin)
                yield rule.live(one.spot, f"the origin {origin!r} {fault}", advice, symbol=origin, tags=one.tags)
