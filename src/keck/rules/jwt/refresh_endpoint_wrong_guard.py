"""An endpoint that hands out new access tokens accepts access tokens, or no endpoint accepts refresh tokens.

What:
    A refresh endpoint behind plain `@jwt_required()`; one with `verify_type=False`; one that issues
    `fresh=True`; or refresh tokens that are issued and accepted nowhere (a warning).

Why:
    Behind plain `@jwt_required()` an access token renews itself for ever, so a leaked one never
    ends, and the refresh token that clients were given is refused with a 422. A token renewed with
    `fresh=True` passes the checks that want a password typed a moment ago.

Fix:
    `@jwt_required(refresh=True)` on the endpoint, and no `fresh=True` in it. Under version 3:
    `@jwt_refresh_token_required`. `keck fix` writes the former where refresh tokens are issued.

When to ignore it:
    For the documented renewal of cookies in an `after_request` hook (which is not an endpoint and
    not reported), or where an access token is exchanged for one with other claims on purpose.

Evidence:
    Reproduced with Flask-JWT-Extended 4.7.4: without the flag a refresh token answers 422 and an
    access token 200; with `verify_type=False` both pass; with `fresh=True` a fresh-only view is
    reached with a refresh token alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.edit import Edit, Fix, Keyword, Remove
from keck.facts.expr import Call, Expr, is_true, terminal
from keck.finding import Finding, Level
from keck.live.record import Guard, LiveApp
from keck.live.record import Route as LiveRoute
from keck.project import Project
from keck.project.decorators import Layer
from keck.project.module import Module
from keck.project.routes import Route
from keck.rule import Rule
from keck.rules._wording import called
from keck.rules.jwt._identity import is_current
from keck.rules.jwt._live import named, tokens, words
from keck.rules.jwt._live import symbol as symbol_of
from keck.rules.jwt._manager import PACKAGE, VERIFIERS, admits, guards, is_version_3

rule = Rule(
    __name__,
    requires=("flask_jwt", "flask.ext"),
    level=Level.error,
    needles=("flask_jwt_extended", "create_access_token", "refresh", "jwt_required"),
    good="Tokens are refreshed with refresh tokens alone",
    needs=("jwt", "routes"),
)

_BARE = "flask_jwt_extended.jwt_required"
_ACCESS = f"{PACKAGE}.create_access_token"
_REFRESH = f"{PACKAGE}.create_refresh_token"
_NAMED = re.compile(r"refresh|renew|reissue", re.IGNORECASE)
_CHECKED = re.compile(r"password|credential|totp|otp|verify|authenticate", re.IGNORECASE)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield each refresh endpoint that accepts the wrong tokens, or the refresh tokens that nothing accepts."""
    if not project.uses(PACKAGE):
        return
    wrong = False
    named = False
    for route in project.routes:
        mints = [one for one in _minted(project, route) if one[2] is not None]
        says = _says_refresh(route)
        named = named or (says and bool(mints))
        if mints and (says or _renews(project, route)):
            for one in _judged(project, route, mints, says=says):
                wrong = True
                yield one
    if not wrong and not named:
        yield from _nowhere(project)


def _says_refresh(route: Route) -> bool:
    words = (route.function.name.rpartition(".")[2], route.cls, *route.rules)
    return any(_NAMED.search(one) for one in words)


def _minted(project: Project, route: Route) -> Iterator[tuple[Module, str, Call]]:
    """The calls that make an access token: in the view, and for one that speaks of refresh also below it."""
    depth = 2 if _says_refresh(route) else 0
    for module, scope, _ in project.reach.closure(route.module, route.function.name, depth):
        for inner in module.inside(scope):
            for call in module.calls(inner):
                if project.resolve(module, inner, call.func) == _ACCESS:
                    yield module, inner, call


def _renews(project: Project, route: Route) -> bool:
    """Whether a view does nothing but make a token for the one that it got."""
    module, scope = route.module, route.function.name
    calls = list(module.calls(scope))
    made = [one for one in calls if project.resolve(module, scope, one.func) == _ACCESS]
    params = [one.name for one in route.function.params if one.name != "self"]
    if len(made) != 1 or params or made[0].keywords[1:] or len(made[0].args) + len(made[0].keywords) != 1:
        return False
    identity = made[0].argument(0, "identity")
    reads = {project.resolve(module, scope, one) for one in module.refs(scope)}
    busy = any(terminal(one.func) in {"commit", "add", "flush", "delete"} for one in calls)
    asks = any(one.startswith("flask.request") for one in reads)
    return identity is not None and not busy and not asks and is_current(project, module, scope, identity)


def _judged(project: Project, route: Route, mints: list[tuple[Module, str, Call]], *, says: bool) -> Iterator[Finding]:
    layers = [one for one in route.effective if one.kind == "jwt"]
    if any(one.call is None and one.symbol == _BARE for one in layers) and not is_version_3(project, route.module.path):
        return  # it lets nobody in, which jwt/required-without-call tells
    admitted = [_admitted(project, one) for one in layers]
    inside = [
        admits(project.resolve(route.module, scope, call.func), call)
        for scope in route.module.inside(route.function.name)
        for call in route.module.calls(scope)
        if project.resolve(route.module, scope, call.func) in VERIFIERS
    ]
    every = [*admitted, *inside]
    if not every or not all(every):
        return
    if all("access" in one for one in every):
        layer = layers[0] if layers else None
        refresh = (
            "jwt_refresh_token_required" if is_version_3(project, route.module.path) else "jwt_required(refresh=True)"
        )
        also = " as well" if all("refresh" in one for one in every) else ""
        issued = any(True for _ in project.calls_to(_REFRESH))
        only = " and not for refresh tokens" if says and issued and "refresh" not in every[0] else ""
        yield rule.finding(
            layer.place if layer is not None and layer.place.path == route.place.path else route.place,
            f"{called(route.name)} gives new access tokens for access tokens{also}{only}: a leaked one can be renewed for ever",
            f"guard it with `@{refresh}`"
            if issued
            else f"issue a refresh token at login, with `create_refresh_token()`, and guard this with `@{refresh}`",
            symbol=route.symbol,
            related=[(module.place(call), "the new token is made here") for module, _, call in mints[:1]],
            fix=_refreshing(route, layers, mints) if issued else None,
        )
        return
    for module, call, fresh in _fresh(mints):
        edit = _not_fresh(module, call, fresh)
        yield rule.finding(
            module.place(fresh),
            f"{called(route.name)} makes a fresh token for a refresh token, so `fresh` says nothing",
            "leave `fresh=True` to the login",
            symbol=route.symbol,
            fix=None if edit is None else Fix("leave `fresh=True` out", (edit,)),
        )


def _fresh(mints: list[tuple[Module, str, Call]]) -> Iterator[tuple[Module, Call, Expr]]:
    """Yield the calls that make a fresh token without a look at a password, each with what says so."""
    for module, scope, call in mints:
        fresh = call.argument(1, "fresh")
        if fresh is not None and is_true(fresh) and not _checks(module, scope):
            yield module, call, fresh


def _not_fresh(module: Module, call: Call, fresh: Expr) -> Edit | None:
    """Return the edit that leaves ``fresh=True`` out, or None where that would shift other arguments."""
    if call.keyword("fresh") is not None:
        return Keyword(module.place(call), "fresh")
    return Remove(module.place(fresh)) if len(call.args) == 2 else None


def _refreshing(route: Route, layers: list[Layer], mints: list[tuple[Module, str, Call]]) -> Fix | None:
    """Return the fix that lets refresh tokens in and nothing else."""
    layer = layers[0] if len(layers) == 1 else None
    call = None if layer is None else layer.call
    if layer is None or call is None or call is not layer.expr or layer.symbol != _BARE:
        return None
    dropped = [_not_fresh(*one) for one in _fresh(mints)]
    if len(call.args) > 2 or call.open_ended or None in dropped:
        return None
    place = layer.place
    edits: list[Edit] = [Keyword(place, "refresh", "True")]
    if call.keyword("verify_type") is not None:
        edits.append(Keyword(place, "verify_type"))
    edits += [one for one in dropped if one is not None]
    intends = tuple(f"guards/* *{rule}" for rule in route.rules) or ("guards/*",)
    return Fix("let refresh tokens in: `refresh=True`", tuple(edits), intends=intends)


def _admitted(project: Project, layer: Layer) -> frozenset[str]:
    """Return which tokens a decorator lets in, looked up inside one of the project's own."""
    own = project.objects.function(layer.symbol)
    if own is None:
        return admits(layer.symbol, layer.call)
    module, function = own
    found: set[str] = set()
    for where, scope, expr in guards(project):
        if where is module and (scope == function.name or scope.startswith(f"{function.name}.")):
            call = expr if isinstance(expr, Call) else None
            one = admits(project.resolve(module, scope, call.func if call else expr), call)
            if not one:
                return one
            found |= one
    return frozenset(found)


def _checks(module: Module, scope: str) -> bool:
    return any(_CHECKED.search(terminal(call.func)) for call in module.calls(scope))


def _nowhere(project: Project) -> Iterator[Finding]:
    """The refresh tokens that are issued while nothing accepts them."""
    issued = list(project.calls_to(_REFRESH))
    if not issued or any(True for _ in project.calls_to(f"{PACKAGE}.decode_token")):
        return
    for module, scope, expr in guards(project):
        call = expr if isinstance(expr, Call) else None
        accepted = admits(project.resolve(module, scope, call.func if call else expr), call)
        if "refresh" in accepted or not accepted:
            return
    module, scope, call = min(issued, key=lambda one: (one[0].path, one[2].line))
    yield rule.finding(
        module.place(call),
        f"{called(scope.rpartition('.')[2]) if scope else module.path} issues a refresh token, and no endpoint accepts one",
        "add an endpoint with `@jwt_required(refresh=True)`, or issue none",
        level=Level.warning,
        symbol=f"{module.name}:{scope}",
    )


_PASSWORD = frozenset({"check_password_hash", "generate_password_hash"})


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield views that refresh tokens for whoever has an access token, or the refresh tokens that nothing accepts."""
    wrong: set[str] = set()
    issued = [one for one in app.routes if "create_refresh_token" in one.reads]
    speaking = [one for one in app.routes if "create_access_token" in one.reads and _speaks(one)]
    for route in speaking:
        guards = tokens(route)
        if not guards or route.name in wrong or _PASSWORD & set(route.reads):
            continue
        if not all("access" in _let_in(one) for one in guards):
            continue
        wrong.add(route.name)
        either = all("refresh" in _let_in(one) for one in guards)
        also = " as well" if either else " and not for refresh tokens" if issued else ""
        yield rule.live(
            route.spot,
            f"{called(named(route))} gives new access tokens for access tokens{also}: a leaked one can be renewed for ever "
            f"at {route.method} {route.rule}",
            "guard it with `@jwt_required(refresh=True)`"
            if issued
            else "issue a refresh token at login, with `create_refresh_token()`, and guard this with `@jwt_required(refresh=True)`",
            symbol=symbol_of(route),
            tags=("jwt", route.endpoint),
        )
    if issued and not speaking and not any(_takes_refresh(one) for one in app.routes):
        yield rule.live(
            issued[0].spot,
            f"{called(named(issued[0]))} issues a refresh token, and no endpoint accepts one",
            "add an endpoint with `@jwt_required(refresh=True)`, or issue none",
            level=Level.warning,
            symbol=symbol_of(issued[0]),
            tags=("jwt", issued[0].endpoint),
        )


def _speaks(route: LiveRoute) -> bool:
    return any(_NAMED.search(one) for one in words(route))


def _let_in(guard: Guard) -> frozenset[str]:
    """Return which tokens a guard lets in; none where that hangs on more than can be told."""
    if guard.how == "conditional":
        return frozenset()
    if guard.details.get("verify_type") is False:
        return frozenset({"access", "refresh"})
    return frozenset({"refresh" if guard.details.get("refresh") else "access"})


def _takes_refresh(route: LiveRoute) -> bool:
    """Whether a route accepts a refresh token, or may."""
    if route.unseen or "decode_token" in route.reads:
        return True
    return any("refresh" in (_let_in(one) or {"refresh"}) for one in tokens(route))
