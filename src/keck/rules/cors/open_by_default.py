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
from keck.project import Project
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.values import Known
from keck.rule import Rule
from keck.rules.cors._policies import Policy, admits_any, policies
from keck.rules.cors._urls import behind
from keck.rules.cors.any_origin_with_credentials import at_fault
from keck.rules.cors.blueprint_ignores_config import ignored

rule = Rule(
    __name__,
    requires=("flask_cors", "flask.ext"),
    level=Level.warning,
    needles=("CORS", "cross_origin", "flask_cors", "route", "session", "Blueprint", "Resource", "MethodView"),
    catalogue="O05",
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
            yield _finding(project, one, behind(project, one), one.name)
    for every in decorated.values():
        routes = tuple(route for one in every for route in one.routes)
        names = sorted({route.name for route in routes})
        more = f" and {len(names) - 1} more views of this file" if len(names) > 1 else ""
        yield _finding(project, every[0], routes, every[0].name + more)


def _told_elsewhere(project: Project, one: Policy) -> bool:
    """Whether another rule tells the same fault: credentials, a misspelt option, a blueprint without its config."""
    meant = any(
        name in _MEANT and not (isinstance(option.value, Known) and admits_any(option.value))
        for name, option in one.strangers.items()
    )
    ignores = any(name == "CORS_ORIGINS" for name in ignored(project, one))
    return at_fault(one) or meant or (ignores and one.origins.source == "default")


def _finding(project: Project, one: Policy, routes: tuple[Route, ...], name: str) -> Finding:
    reason = _reason(project, routes)
    where = one.origins.place
    given = "by default" if where is None else "by its origins"
    if one.open == "fallback":
        given = "while its environment variable is not set"
    return rule.finding(
        one.place,
        f"Any website may read {name} {given}" + (f", and {reason}" if reason else ""),
        'Name your own front ends: origins=["https://..."], or CORS_ORIGINS in the config',
        level=Level.warning if reason and one.open == "yes" else Level.note,
        symbol=one.name,
        related=[*one.made, *one.elsewhere(one.origins, "any origin is allowed here")],
    )


def _reason(project: Project, routes: tuple[Route, ...]) -> str:
    """Say what makes it matter, or return an empty text."""
    guarded = [one for one in routes if any(layer.kind in {"jwt", "guard"} for layer in one.effective)]
    if guarded:
        return f"{guarded[0].name}() is for those who are logged in"
    writing = [one for one in routes if one.writes]
    if writing:
        return f"{writing[0].name}() changes state"
    return "the app keeps sessions" if routes and _keeps_sessions(project) else ""


def _keeps_sessions(project: Project) -> bool:
    if project.uses("flask_login") or project.uses("flask_security"):
        return True
    return any(
        one.module == "flask" and one.name == "session"
        for module in project.modules
        if not module.is_test
        for one in module.facts.imports
    )
