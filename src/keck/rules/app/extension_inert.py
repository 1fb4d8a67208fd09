"""An extension is bound to the app and does nothing.

What:
    `RATELIMIT_ENABLED = False`, or a `Limiter` without a single limit: none is counted. `MAIL_SUPPRESS_SEND = True`: no mail leaves. A `CORS` whose
    resource patterns match no route of the app: no answer has a header. Each of them is bound, so that
    nothing in the code looks wrong.

Why:
    These switches are made for tests, and a config that is inherited, copied or read from the environment carries
    them into production. Nothing is logged: logins can be tried without end, nobody gets the mail that resets a
    password, and browsers refuse every answer.

Fix:
    Switch it on where the app serves, and off in the config of the tests alone.

When to ignore it:
    Where the app is meant to run without it for now. Apps that are testing or in debug mode are passed over, and a
    cache that keeps nothing is told by another rule.

Evidence:
    Flask-Limiter 4.1.1: with RATELIMIT_ENABLED False `init_app` returns at once, and "1 per minute" answers every
    request with 200. Flask-Mail 0.10.0 delivers nothing while the state says `suppress`. Flask-CORS 6.0.5: the
    resource `/api/v1` matches none of /api/v1/x, and no header is sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule
from keck.rules._live import serves_for_real, serving, spoken, symbol, tags, variable

rule = Rule(
    __name__,
    level=Level.warning,
    good="Every extension that is bound does something",
    follows=("config/wrong-type", "app/config-without-effect", "cors/resource-pattern-misread", "config/unknown-key"),
)

_SO = {
    "limiter": ("no request is limited", "set `RATELIMIT_ENABLED = True` where the app serves"),
    "mail": ("no mail is sent", "set `MAIL_SUPPRESS_SEND = False` where the app serves"),
    "cors": ("no answer gets its headers", 'give it patterns that match routes: `resources={r"^/api(/.*)?$": ...}`'),
}
"""What follows, and what to do; other extensions that do nothing have rules of their own."""


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the instances that serve the app and are switched off.

    Raises:
        Skipped: the app is testing or in debug mode, where that is as it should be.
    """
    serves_for_real(app)
    told: set[tuple[str, str]] = set()
    for one in serving(app):
        # whichever `Mail` or `CORS` is asked, the app itself is what they tell of
        whose = "" if one.bound == "unknown" else one.name
        if not one.inert or one.extension not in _SO or (one.extension, whose) in told:
            continue
        told.add((one.extension, whose))
        so, advice = _SO[one.extension]
        if one.extension == "limiter" and one.facts.get("enabled"):
            advice = f"give it `default_limits`, or decorate views with `@{variable(one)}.limit()`"
        yield rule.live(
            one.spot,
            f"{spoken(one)} is bound and does nothing, since {one.inert}: {so}",
            advice,
            symbol=symbol(one),
            tags=tags(one),
        )
