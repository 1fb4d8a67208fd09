"""`current_user` is used, and nothing tells Flask-JWT-Extended how to find the user.

What:
    `current_user` or `get_current_user()` of Flask-JWT-Extended, in a project whose JWTManager has
    no `user_lookup_loader` (`user_loader_callback_loader` under version 3).

Why:
    The first request that reaches it ends in a 500: "You must provide a `@jwt.user_lookup_loader`
    callback to use this method".

Fix:
    Register one next to the JWTManager: a function of the token's header and payload that returns
    the user, or None for one who is gone (the caller then gets a 401).

When to ignore it:
    Where the loader is registered by code that is not part of this project.

Evidence:
    Reproduced with Flask-JWT-Extended 4.7.4: RuntimeError on every request to the view. Version 3
    raises as well. vimalloc/flask-jwt-extended #391.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.facts.expr import Ref
from keck.finding import Finding, Level
from keck.live.record import LiveApp, Route
from keck.project import Project
from keck.project.module import Module
from keck.rule import Rule
from keck.rules._live import variable
from keck.rules._wording import called, code
from keck.rules.jwt._live import named, tokens
from keck.rules.jwt._manager import PACKAGE, is_version_3, registers

rule = Rule(
    __name__,
    requires=("flask_jwt", "flask.ext"),
    level=Level.error,
    needles=("flask_jwt_extended", "current_user", "user_lookup_loader", "user_loader_callback_loader", "_user_lookup"),
    good="Whoever asks for the current user gets one",
    needs=("jwt", "routes"),
    follows=("app/second-extension-instance",),
)

_USES = {"current_user", "get_current_user"}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the first use, with the others beside it."""
    managers = project.instances_of("jwt")
    if not managers:
        return
    uses = list(_uses(project))
    if not uses or registers(project, "user_lookup_loader", "user_loader_callback_loader"):
        return
    module, use = uses[0]
    manager = managers[0]
    loader = "user_loader_callback_loader" if is_version_3(project, module.path) else "user_lookup_loader"
    yield rule.finding(
        module.place(use),
        f"`{use.name}` needs a user lookup, and none is registered on `{manager.name}`",
        f"decorate a function that returns the user with `@{manager.name}.{loader}`",
        symbol=f"{PACKAGE}.{loader}",
        related=[
            (manager.place, f"`{manager.name}` is made here"),
            *((where.place(other), "used here too") for where, other in uses[1:10]),
        ],
    )


def _uses(project: Project) -> Iterator[tuple[Module, Ref]]:
    for module in project.modules:
        if module.is_test:
            continue
        for scope in module.scopes:
            for ref in module.refs(scope):
                symbol = project.resolve(module, scope, ref)
                if symbol.startswith(PACKAGE) and symbol.split(".")[1:2] and symbol.split(".")[1] in _USES:
                    yield module, ref


_OTHERS = {"login", "security", "httpauth"}
_LIBRARIES = {"flask-login", "flask-security-too", "flask-security"}


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the first guarded view that asks for a user whom nobody looks up, with the others beside it."""
    manager = app.of("jwt", "this", "both", "unknown")[0]
    uses = [one for one in app.routes if _asked(app, one)] if manager.facts.get("user_lookup") is False else []
    first = {one.name: one for one in reversed(uses)}
    if not uses:
        return
    route, who = uses[0], variable(manager)
    yield rule.live(
        route.spot,
        f"{code(_asked(app, route))} needs a user lookup, and none is registered on `{who}`: "
        f"{route.method} {route.rule} answers who has a token with a 500",
        f"decorate a function that returns the user with `@{who}.user_lookup_loader`",
        symbol=f"{PACKAGE}.user_lookup_loader",
        tags=("jwt",),
        related=[
            (one.spot, f"used in {called(named(one))} too")
            for one in sorted(first.values(), key=lambda one: one.name)[:10]
            if one.name != route.name
        ],
    )


def _asked(app: LiveApp, route: Route) -> str:
    """Return by which name a view asks Flask-JWT-Extended for the user; an empty text where it may be another's."""
    if not tokens(route) or _OTHERS & {one.kind for one in route.guards}:
        return ""
    if "get_current_user" in route.reads:
        return "get_current_user"
    # APIFlask loads Flask-HTTPAuth whether it is used or not
    basic = any(guard.kind == "httpauth" for one in app.routes for guard in one.guards)
    mine = not basic and not _LIBRARIES & set(app.versions)
    return "current_user" if "current_user" in route.reads and mine else ""
