r"""An origin pattern also admits websites of other people.

What:
    A text in `origins` that holds one of `* \ ] ? $ ^ [ ] ( )` is a regular expression to Flask-CORS, matched
    from the start and not to the end: `https://*.example.com`, `https://.*\.example\.com` without `$`,
    `https://(www.)?example.com$` with bare dots, `http://localhost:*`.

Why:
    `https://.*\.example\.com` admits `https://app.example.com.attacker.net`, and a bare dot admits
    `https://wwwxexample.com`. Whoever registers such a name may read the answers, with the visitor's cookies
    where credentials are supported. `https://*.example.com` moreover does not admit
    `https://app.example.com`: the star repeats the slash.

Fix:
    Write a whole, anchored expression with escaped dots, best as a compiled one:
    `re.compile(r"^https://([a-z0-9-]+\.)*example\.com$")`. List single origins as plain texts: there, dots
    stand for themselves. `keck fix` writes the names below one domain, and the ports of one host, so; since it
    closes the app to origins that had access, only where unsafe fixes are asked for.

When to ignore it:
    Where the pattern is meant to admit everybody's subdomains of a hosting platform and nothing
    behind it depends on who asks.

Evidence:
    Flask-CORS 6.0.5: `https://*.example.com` admits `https://xexampleZcom.attacker.net`,
    `http://localhost:*` admits `http://localhost.evil.net`. corydolphin/flask-cors issues 84 and 301,
    CVE-2024-6839, CVE-2024-6844 and CVE-2024-6866.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.edit import Fix, Replace
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.values import Known, Pattern
from keck.rule import Rule
from keck.rules.cors._hosts import stranger
from keck.rules.cors._live import compiled as live_compiled
from keck.rules.cors._live import policies as live_policies
from keck.rules.cors._origins import STRANGERS, admits, compiled, entries, text
from keck.rules.cors._policies import policies
from keck.rules.cors._policy import Policy
from keck.rules.cors._words import ORIGINS
from keck.rules.cors._written import origin_expression

rule = Rule(
    __name__,
    requires=("flask_cors", "flask.ext"),
    level=Level.error,
    needles=ORIGINS,
    good="No origin pattern admits a stranger",
)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding a pattern."""
    seen: set[Place] = set()
    for one in policies(project):
        for entry in entries(one.origins.value):
            if not isinstance(entry.value, str | Pattern) or entry.place in seen:
                continue
            seen.add(entry.place)
            regex = compiled(entry.value, ignore_case=True)
            if regex is None or any(admits(entry, each) for each in STRANGERS):
                continue
            other = stranger(regex)
            if other is not None:
                yield rule.finding(
                    entry.place,
                    f"the origin pattern `{text(entry.value)}` also admits {other}",
                    "anchor it with `^` and `$`, escape its dots, and leave open only what stands before your own domain",
                    symbol=text(entry.value),
                    related=one.made,
                    fix=_fix(project, one, entry),
                )


_HOSTS = re.compile(
    r"\^?(?P<scheme>https?)://(?:\.?\*|\.\+|\[[^\]]*\][*+]|\(\.\*\)|\(\.\+\))\\?\.(?P<domain>[\w\\.-]+?)(?P<port>:\d+)?/?\$?"
)
_PORTS = re.compile(r"\^?(?P<scheme>https?)://(?P<host>[\w\\.-]+):(?:\*|\.\*|\\d\+|\.\+)\$?")
_EXACT = re.compile(r"\^?(?P<scheme>https?)://(?P<host>[\w\\.-]+)\$?")


def _fix(project: Project, one: Policy, entry: Known) -> Fix | None:
    """Return the pattern that was meant: the names below one domain, the ports of one host; anchored, its dots escaped."""
    pattern = text(entry.value)
    made = ""
    if found := _HOSTS.fullmatch(pattern):
        made = rf"{found['scheme']}://([a-z0-9-]+\.)*{_escaped(found['domain'])}{found['port'] or ''}"
    elif found := _PORTS.fullmatch(pattern):
        made = rf"{found['scheme']}://{_escaped(found['host'])}:\d+"
    elif found := _EXACT.fullmatch(pattern):
        made = f"{found['scheme']}://{_escaped(found['host'])}"
    regex = compiled(f"^{made}$", ignore_case=True) if made else None
    written = origin_expression(project, one, entry.place) if isinstance(entry.value, str) else None
    if regex is None or written is None or stranger(regex) is not None:
        return None
    return Fix(
        "write the pattern that is meant",
        (Replace(entry.place, f'r"^{made}$"'),),
        safe=False,
        changes="closes the app to origins that only the wide pattern admits",
        intends=("cors/*", "config/CORS_*", "extensions/cors/*"),
    )


def _escaped(host: str) -> str:
    return host.replace("\\", "").strip(".").replace(".", "\\.")


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the patterns that admit an origin that anybody can get."""
    told: set[str] = set()
    for one in live_policies(app):
        for origin, regex in one.origins:
            pattern = live_compiled(origin) if regex and not one.open and origin not in told else None
            other = None if pattern is None else stranger(pattern)
            told.add(origin)
            if other is not None:
                route = f", to {one.routes[0].method} {one.routes[0].rule} for one" if one.routes else ""
                yield rule.live(
                    one.spot,
                    f"the origin pattern `{origin}` also admits {other}{route}",
                    "anchor it with `^` and `$`, escape its dots, and leave open only what stands before your own domain",
                    symbol=origin,
                    tags=one.tags,
                )
