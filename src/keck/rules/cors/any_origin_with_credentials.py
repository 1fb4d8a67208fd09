"""Any website may read answers with the visitor's cookies.

What:
    `supports_credentials=True` while the origins are `*`, a pattern that matches everything, or not
    given at all, by keyword, in a resource or as `CORS_SUPPORTS_CREDENTIALS` in the config.

Why:
    Flask-CORS does not refuse this combination, it answers with the caller's own origin and
    `Access-Control-Allow-Credentials: true`. A page on any other site can then call the app as the
    visitor who is logged in, and read what it answers. (Only with `send_wildcard=True` as well does
    it raise a ValueError at start.) Any non-empty text counts as true, `"false"` too.

Fix:
    List the origins of your own front ends, `CORS(app, origins=["https://shop.example"],
    supports_credentials=True)`, or drop `supports_credentials` where no cookies are needed.

When to ignore it:
    Never on a server that others can reach. For an app that only runs on the developer's machine,
    list `http://localhost:5173` and the like instead; it is a note where a branch sees to it that only a
    development run is open.

Evidence:
    Flask-CORS 6.0.5: a request with `Origin: https://evil.example` is answered with that origin and
    with `Access-Control-Allow-Credentials: true`, by default origins and by `origins="*"` alike;
    `CORS_SUPPORTS_CREDENTIALS="false"` does the same. corydolphin/flask-cors issues 364 and 202.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.project import Project
from keck.rule import Rule
from keck.rules.cors._live import calls, example
from keck.rules.cors._live import policies as live_policies
from keck.rules.cors._origins import entries, surely
from keck.rules.cors._policies import policies
from keck.rules.cors._policy import Policy
from keck.rules.cors._words import ORIGINS

rule = Rule(
    __name__,
    requires=("flask_cors", "flask.ext"),
    level=Level.error,
    needles=ORIGINS,
    good="No website reads answers as its visitors",
    follows=(
        "cors/unknown-option",
        "cors/blueprint-ignores-config",
        "config/wrong-type",
        "config/unknown-key",
        "app/config-without-effect",
    ),
)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding a policy."""
    seen = set()
    for one in policies(project):
        if not at_fault(one) or one.place in seen:
            continue
        seen.add(one.place)
        origins = "no origins are given" if one.origins.place is None else "its origins are any"
        message = f"any website may read {one.spelt} as the visitor: credentials are supported and {origins}"
        if refused(one):
            outcome = f"{one.spelt} answers with a 500" if one.kind == "view" else "the app does not start"
            message = f"{outcome}: Flask-CORS refuses credentials for any origin together with `send_wildcard`"
        sure = Level.error if one.open == one.credentials == "yes" else Level.warning
        yield rule.finding(
            one.place,
            f"{message}, in a development run" if one.mode else message,
            "list the origins of your own front ends, or drop `supports_credentials`",
            level=Level.note if one.mode else sure,
            symbol=one.name,
            related=[
                *one.made,
                *one.elsewhere(one.options["supports_credentials"], "credentials are supported here"),
                *one.elsewhere(one.origins, "any origin is allowed here"),
            ],
        )


def refused(policy: Policy) -> bool:
    """Whether Flask-CORS raises a ValueError: the origins are ``*``, with credentials and with ``send_wildcard``."""
    wildcard = surely(policy.options["send_wildcard"].value, lambda one: bool(one.value))
    every = surely(policy.origins.value, lambda one: any(entry.value in ("*", ".*") for entry in entries(one)))
    return policy.credentials == wildcard == every == "yes"


def at_fault(policy: Policy) -> bool:
    """Whether a policy lets any origin in with credentials."""
    return bool(policy.open and policy.credentials)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the calls and decorators whose policies answer any origin, with credentials."""
    for every in calls(live_policies(app)):
        those = [one for one in every if one.open and one.credentials and one.routes]
        if not those:
            continue
        one = those[0]
        such = example(route for each in those for route in each.routes) if one.at != "view" else ""
        yield rule.live(
            one.spot,
            f"any website may read {one.spelt}{such} as the visitor: credentials are supported and its origins are any",
            "list the origins of your own front ends, or drop `supports_credentials`",
            symbol=one.symbol,
            tags=[tag for each in those for tag in each.tags],
        )
