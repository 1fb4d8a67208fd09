"""The key of a limit asks for an identity that is not there yet.

What: A limit by `get_jwt_identity` that runs before the token is looked at: as a default or application limit, or on a
    decorator above `@jwt_required()`.

Why: Every request fails with a RuntimeError, or, with `swallow_errors=True`, the limit is gone without a word.

Fix: Put the limit below the guard, or call `verify_jwt_in_request(optional=True)` in the key function and fall back to
    the address. `keck fix --unsafe` moves the limit of a view.

When to ignore it: Never.

Evidence: Flask-Limiter 4.1.1 with Flask-JWT-Extended 4.7.4: every request is answered with 500 where
    `get_jwt_identity` is the key of default limits, or of a limit above the guard; below the guard the third request
    gets 429. alisaifee/flask-limiter #67 and #348.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from keck.edit import Fix
from keck.facts.expr import Call, Expr, Lambda, is_none, terminal, walk
from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.layer import Layer
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.values import Known
from keck.rule import Rule
from keck.rules._wording import called, decorator
from keck.rules.caching._words import VIEWS
from keck.rules.limiter._limiters import limiters
from keck.rules.together._order import lowered, shown_rules

rule = Rule(
    __name__,
    requires=("flask_limiter", "flask.ext"),
    level=Level.error,
    needles=(*VIEWS, "imiter", "flask_jwt_extended", "key_func", "before_request"),
    good="No limit asks for an identity before there is one",
    needs=("limiter", "routes"),
)

_IDENTITIES = frozenset({"get_jwt_identity", "get_jwt", "get_current_user"})
_PACKAGE = "flask_jwt_extended"
_PASSED = ("limit", "limiting", "jwt", "guard", "cross_origin")
_HELP = "put the limit below the guard, or verify the token in the key function and fall back to the address"
_FAILS = "before any token was looked at: each request fails"


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield limits by identity above the guard of a view, and limiters whose general limits are by identity."""
    for route in project.routes:
        layers = route.effective
        guard = next((one for one in layers if one.kind == "jwt"), None)
        if guard is None or project.route_table.guarded_by_hook(route) is not None:
            continue
        for layer in layers[: layers.index(guard)]:
            name = _by_identity(project, layer) if layer.kind == "limit" else ""
            if name:
                yield rule.finding(
                    layer.place,
                    f"{decorator(layer)} of {called(route.name)} is counted by {called(name)} {_FAILS}",
                    _HELP,
                    symbol=route.symbol,
                    related=[(guard.place, "looks at the token")],
                    fix=_below(route, layer, guard),
                )
    for one in limiters(project):
        name = _asks(project, one.module, one.scope, _key_of(one.call))
        hit = next((route for route in project.routes if _is_limited_by_default(project, route)), None)
        if name and hit is not None and any(_some(project, one.module, one.scope, one.call, each) for each in _GENERAL):
            yield rule.finding(
                one.place,
                f"the general limits of `{one.name}` are counted by {called(name)} {_FAILS}, such as those for "
                f"{called(hit.name)}",
                "verify the token in the key function and fall back to the address",
                symbol=one.symbol or one.name,
            )


_GENERAL = ("default_limits", "application_limits")


def _key_of(call: Call) -> Expr | None:
    return call.keyword("key_func") or call.argument(0, "key_func")


def _some(project: Project, module: Module, scope: str, call: Call, option: str) -> bool:
    given = call.keyword(option)
    value = None if given is None else project.value(module, scope, given)
    return isinstance(value, Known) and bool(value.value)


def _is_limited_by_default(project: Project, route: Route) -> bool:
    own = {one.kind for one in route.effective} & {"limit", "exempt"}
    return not own and project.route_table.guarded_by_hook(route) is None


def _by_identity(project: Project, layer: Layer) -> str:
    """Return what a limit on a view asks for its key, where that is the identity in the token; else an empty text."""
    own = None if layer.call is None else layer.call.keyword("key_func")
    if own is not None:
        return _asks(project, layer.module, layer.scope, own)
    site = layer.holder
    return "" if site is None else _asks(project, site.module, site.scope, _key_of(site.call))


def _asks(project: Project, module: Module, scope: str, key: Expr | None) -> str:
    """Return which function of Flask-JWT-Extended a key function is, or is a lambda around."""
    if key is None or is_none(key):
        return ""
    parts = [one.func for one in walk(key.body) if isinstance(one, Call)] if isinstance(key, Lambda) else [key]
    names = [terminal(one) for one in parts if project.resolve(module, scope, one).rpartition(".")[0] == _PACKAGE]
    asked = [one for one in names if one in _IDENTITIES]
    return asked[0] if asked and "verify_jwt_in_request" not in names else ""


def _below(route: Route, layer: Layer, guard: Layer) -> Fix | None:
    fix = lowered(route, layer, guard, over=_PASSED, intends=shown_rules("limits", route))
    changes = "requests that the guard refuses are then counted by no limit of the view"
    return None if fix is None else msgspec.structs.replace(fix, safe=False, changes=changes)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding an endpoint whose limit asks too early."""
    told: set[str] = set()
    for route in app.routes:
        guards = [one.position for one in route.guards if one.kind == "jwt"]
        for limit in route.limits:
            key = limit.key.rpartition(".")[2]
            early = all(position > limit.position for position in guards)
            if key in _IDENTITIES and early and route.endpoint not in told:
                told.add(route.endpoint)
                yield rule.live(
                    route.spot,
                    f"`{limit.text}` of {called(route.name.rpartition('.')[2])} is counted by `{key}()` before any token "
                    "was looked at: each request fails",
                    "put the limit below the guard, or verify the token in the key function and fall back to the address",
                    symbol=route.endpoint,
                    tags=("limiter", route.endpoint),
                )
