"""Any website may read what the app answers.

What:
    Flask-CORS is in force without origins, or with origins that match everything: `CORS(app)`,
    `resources={r"/api/*": {}}`, `origins="*"`, `@cross_origin()`.

Why:
    Without `origins` the default is every origin: pages of any site can call these URLs from their
    visitors' browsers and read the answers, tokens and error messages included. Behind a firewall
    or on localhost, where nobody else can connect, the visitor's browser can.

Fix:
    Name the origins of your own front ends: `CORS(app, origins=["https://shop.example"])` or
    `CORS_ORIGINS` in the config.

When to ignore it:
    For a public API that answers everybody the same, without sessions and without tokens. There it
    is a note; it is a warning where logins, sessions or routes that change state are behind it.

Evidence:
    Flask-CORS 6.0.5 without options answers `Origin: https://evil.example` with that origin, not
    even with a plain `*`. corydolphin/flask-cors issue 364. Of 32 public repositories that use it, 13
    give no origins anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.live.record import Route as LiveRoute
from keck.project import Project
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.values import Env, Known
from keck.rule import Rule
from keck.rules._wording import called
from keck.rules.cors._live import LivePolicy, calls
from keck.rules.cors._live import policies as live_policies
from keck.rules.cors._origins import admits_any, entries
from keck.rules.cors._policies import policies
from keck.rules.cors._policy import Policy
from keck.rules.cors._urls import behind
from keck.rules.cors._words import ORIGINS
from keck.rules.cors.any_origin_with_credentials import at_fault
from keck.rules.cors.blueprint_ignores_config import ignored

rule = Rule(
    __name__,
    requires=("flask_cors", "flask.ext"),
    level=Level.warning,
    needles=(*ORIGINS, "route", "session", "Blueprint", "Resource", "MethodView"),
    good="Only front ends that are named may read answers",
    follows=(
        "cors/any-origin-with-credentials",
        "cors/unknown-option",
        "cors/blueprint-ignores-config",
        "app/config-without-effect",
        "config/unknown-key",
    ),
)

_MEANT = {"origin", "allowed_origins", "allow_origins", "allow_origin", "cors_origins", "resource"}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding a call, and one a file for all of its decorators that say the same."""
    seen: set[Place] = set()
    decorated: dict[Module, list[Policy]] = {}
    for one in policies(project):
        if not one.open or _told_elsewhere(project, one):
            continue
        if one.kind == "view":
            decorated.setdefault(one.module, []).append(one)
        elif one.place not in seen:
            seen.add(one.place)
            yield _finding(project, one, behind(project, one))
    for every in decorated.values():
        routes = tuple(route for one in every for route in one.routes)
        yield _finding(project, every[0], routes, len({route.name for route in routes}) - 1)


def _told_elsewhere(project: Project, one: Policy) -> bool:
    """Whether another rule tells the same fault: credentials, a misspelt option, a blueprint without its config."""
    meant = any(
        name in _MEANT and not (isinstance(option.value, Known) and admits_any(option.value))
        for name, option in one.strangers.items()
    )
    ignores = any(name == "CORS_ORIGINS" for name in ignored(project, one))
    return at_fault(one) or meant or (ignores and one.origins.source == "default")


def _finding(project: Project, one: Policy, routes: tuple[Route, ...], more: int = 0) -> Finding:
    view, reason = _reason(project, routes)
    what = one.spelt
    if reason:
        what += f", which {reason}," if view in {"", what} else ""
    if more > 0:
        what += f" and {more} other view{'s' * (more > 1)} of this file"
    if reason and view not in {"", one.spelt}:
        what += f", such as {view}, which {reason},"
    return rule.finding(
        one.place,
        f"any website may read {what} {_because(one)}",
        _help(project, one),
        level=Level.warning if reason and one.open == "yes" and not one.mode else Level.note,
        symbol=one.name,
        related=[*one.made, *one.elsewhere(one.origins, "any origin is allowed here")],
    )


def _because(one: Policy) -> str:
    """Say where it comes from that any origin is allowed."""
    value = one.origins.value
    if one.open == "fallback":
        named = isinstance(value, Env) and value.name
        return f"while the environment does not set `{named}`" if named else "while an environment variable is not set"
    if one.origins.place is None:
        return "because no origins are given"
    every = sorted({f"'{each.value}'" for each in entries(value) if isinstance(each.value, str)})
    return f"because its origins are {every[0]}" if len(every) == 1 else "because its origins allow any"


def _help(project: Project, one: Policy) -> str:
    """Say where to name the front ends: the config is not read where the call or the resource gives origins."""
    here = 'name your own front ends with `origins=["https://..."]`'
    if one.origins.source == "config":
        return "name your own front ends in `CORS_ORIGINS`"
    if one.origins.source == "default" and one.kind != "blueprint":
        return f"{here}, or with `CORS_ORIGINS` in the config"
    overridden = one.origins.source != "default" and one.kind != "blueprint" and project.settings("CORS_ORIGINS")
    return f"{here}; `CORS_ORIGINS` has no effect here" if overridden else here


def _reason(project: Project, routes: tuple[Route, ...]) -> tuple[str, str]:
    """Return the view because of which it matters, empty for all, and why; empty texts where it does not."""
    guarded = [
        one for one in routes if any(layer.kind in {"jwt", "guard"} and not layer.optional for layer in one.effective)
    ]
    if guarded:
        return called(guarded[0].name), "is for users who are logged in"
    writing = [one for one in routes if one.writes]
    if writing:
        return called(writing[0].name), "changes state"
    return "", "keeps sessions" if routes and _keeps_sessions(project) else ""


def _keeps_sessions(project: Project) -> bool:
    if project.uses("flask_login") or project.uses("flask_security"):
        return True
    return any(
        one.module == "flask" and one.name == "session"
        for module in project.modules
        if not module.is_test
        for one in module.facts.imports
    )


_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEPT = frozenset({"session", "login_user"})


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the calls whose policies answer any origin without credentials, and one finding for the views of a file."""
    opened = [one for one in live_policies(app) if one.open and not one.credentials and one.routes]
    for every in calls(one for one in opened if one.at != "view"):
        yield _open(app, every)
    decorated: dict[str, list[LivePolicy]] = {}
    for one in opened:
        if one.at == "view":
            decorated.setdefault(one.spot.path, []).append(one)
    for every in decorated.values():
        yield _open(app, every)


def _open(app: LiveApp, every: list[LivePolicy]) -> Finding:
    one, more = every[0], len(every) - 1
    route, reason = _matters(tuple(route for each in every for route in each.routes))
    what = one.spelt
    if one.at == "view" and more:
        what += f" and {more} other view{'s' * (more > 1)} of this file"
    if route is not None:
        what += f", such as {route.method} {route.rule}, which {reason},"
    config = "" if one.at not in {"app", "view"} else ", or with `CORS_ORIGINS` in the config"
    return rule.live(
        one.spot,
        f"any website may read {what} because any origin is allowed",
        f'name your own front ends with `origins=["https://..."]`{config}',
        level=Level.note if route is None else None,
        symbol=one.symbol,
        tags=(*(tag for each in every for tag in each.tags), *(_named(app) if one.at in {"app", "view"} else ())),
    )


def _named(app: LiveApp) -> list[str]:
    """Return the keys of the config that were to name origins."""
    return [key for key in app.config if key.startswith("CORS_") and "ORIGIN" in key]


def _matters(routes: tuple[LiveRoute, ...]) -> tuple[LiveRoute | None, str]:
    """Return the route because of which it matters, and why; None where it does not."""
    guarded = next((one for one in routes if one.exposure == "guarded"), None)
    if guarded is not None:
        return guarded, "is for users who are logged in"
    writing = next((one for one in routes if one.method in _CHANGING), None)
    if writing is not None:
        return writing, "changes state"
    return next((one for one in routes if _KEPT & set(one.reads)), None), "keeps sessions"
