"""An extension is bound to one app more than once.

What:
    `init_app` is called twice, by the factory and by a module that it imports; or two instances of one extension
    are bound to the same app. Two `Migrate`, two `JWTManager`, two `Mail` or two `CORS` that cover the same URLs.

Why:
    Nothing fails. Of two `Migrate`, `JWTManager` or `Mail` the last one wins, and what is set on the first is never
    asked: a directory of migrations, a blocklist, a server. A `Cache` that is bound again loses what it held. Two
    CORS do not replace each other: an origin that one of them lets in is in. What runs for each request runs twice.

Fix:
    Bind each instance once, in the factory, and import it wherever it is used.

When to ignore it:
    Two caches or two limiters on purpose, with different backends or keys; they are a note.

Evidence:
    Flask-Migrate 4.1.0 and Flask-JWT-Extended 4.7.4: the second `init_app` replaces the first without a word.
    Flask-CORS 6.0.5: CORS(app) and then CORS(app, origins=["https://shop.example"]) still answers
    https://evil.example. Flask-Caching 2.5.1: what was stored before the second `init_app` is gone.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import TITLES, Instance, LiveApp
from keck.rule import Rule
from keck.rules._live import is_own, related, serving, spoken, symbol, tags, variable

rule = Rule(
    __name__,
    level=Level.warning,
    good="Every extension is bound once",
    follows=("app/second-extension-instance", "cors/policies-add-up"),
)

_ON_PURPOSE = frozenset({"caching", "limiter"})
"""Two of these serve one app side by side."""
_SO = {
    "migrate": "the last one is what `flask db` uses",
    "jwt": "the last one wins, and callbacks of another are never asked",
    "caching": "what is deleted from one stays in the other",
    "limiter": "both of them count each request",
    "mail": "the last one wins",
}


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding an extension that is bound more than once, and the Migrates that another one has replaced."""
    told: set[str] = set()
    for one in serving(app):
        if one.twice < 2 or one.extension in told or (one.extension == "cors" and not _overlap(app)):
            continue
        told.add(one.extension)
        others = [each for each in app.of(one.extension, "this", "both") if each is not one]
        yield from _finding(one, others)
    for one in app.of("migrate", "never"):
        other = app.serving("migrate")
        if one.facts.get("replaced") and other is not None and is_own(app, one):
            yield rule.live(
                one.spot,
                f"`{variable(other)}` serves the app in place of {spoken(one)}, which has a database as well: {_SO['migrate']}",
                f"keep one of the two, and delete `{variable(one)}`",
                symbol=symbol(one),
                tags=tags(one),
                related=related([other], "`{name}` is made here"),
            )


def _finding(one: Instance, others: list[Instance]) -> Iterator[Finding]:
    title = TITLES[one.extension]
    if one.extension == "cors":
        what = (
            f"{title} is bound to the app {one.twice} times for the same URLs: an origin that one of them admits is in"
        )
    elif others:
        what = f"{one.twice} instances of {title} are bound to the app: {_SO[one.extension]}"
    else:
        what = f"{title} is bound to the app {one.twice} times: {_SO[one.extension]}"
    yield rule.live(
        one.spot,
        what,
        "bind one instance, once, in the factory",
        level=Level.note if one.extension in _ON_PURPOSE else None,
        symbol=symbol(one),
        tags=tags(one),
        related=related(others, "`{name}` is bound as well"),
    )


def _overlap(app: LiveApp) -> bool:
    """Whether two policies of one place, the app or a blueprint, are asked for the same pattern."""
    seen: set[tuple[str, str]] = set()
    for policy in app.facts.get("cors", ()):
        patterns = {(policy["at"], each["pattern"]) for each in policy["resources"]}
        if patterns & seen:
            return True
        seen |= patterns
    return False
