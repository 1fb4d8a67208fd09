"""A decorator stands above the one that registers the view, so it never runs.

What: `@jwt_required()`, `@login_required`, `@limiter.limit(...)`, `@cache.cached()`, `@cross_origin()` or a guard of your own is written
    above `@app.route(...)`.

Why: Decorators apply from the bottom up. `route` registers the function that it is given; what a decorator above
    returns is only the name in the module, which no request uses. The endpoint is open, unlimited or uncached, without a word. With
    Flask-Limiter even the default limits are gone, because the view counts as decorated.

Fix: Put `route` on top and the others below it, outermost first: route, cross_origin, limit, jwt_required, cached. `keck fix` moves
    guards and limits; caches and `cross_origin`, which then give one caller's answer to all or open the view to other
    sites, with `--unsafe` only.

When to ignore it: The decorated function is also called directly, and the open route is meant.
    Keck is silent for limits of functions where Flask-Limiter is pinned below 2.1, which finds them by the view.

Evidence: Reproduced with Flask 3.1.3: the view answers 200 without a token under Flask-JWT-Extended 4.7.4, is never
    limited under Flask-Limiter 2.1, 2.4.6 and 4.1.1 (2.0.4 still limits it), runs each time under Flask-Caching 2.5.1 and sends no CORS header under Flask-CORS 6.0.5.
    thadeusb/flask-cache #89, pallets-eco/flask-caching #79, alisaifee/flask-limiter #490, laurentS/slowapi #39.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.edit import Fix, Move
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.rule import Rule
from keck.rules._wording import called, code, decorator
from keck.rules.caching._words import GUARDS, VIEWS
from keck.rules.together._order import shown_rules, written

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.decorators import Layer
    from keck.project.routes import Route

rule = Rule(
    __name__,
    level=Level.error,
    needles=(*VIEWS, *GUARDS, "flask_limiter", "flask_caching", "cross_origin", ".limit"),
    good="No decorator stands above the one that registers its view",
    needs=("routes",),
)

_LOST = {
    "jwt": "{view} is open to anyone",
    "guard": "{view} is open to anyone",
    "limit": "{view} has no limit",
    "limiting": "{view} has no limit",
    "cached": "{view} is never cached",
    "memoize": "{view} is never cached",
    "cross_origin": "{view} sends no CORS headers",
}

_SPELT = (
    ("jwt", re.compile(r"\bjwt_required\b")),
    (
        "guard",
        re.compile(r"(login|auth|token|admin|role|roles|permissions?|fresh)_(required|accepted)\b|\brequires?_\w+"),
    ),
    ("limit", re.compile(r"\.(shared_)?limit\(")),
    ("cached", re.compile(r"\.(cached|memoize)\(")),
    ("cross_origin", re.compile(r"\bcross_origin\b")),
)
"""How decorators that do something are spelt, by what they are; of others nobody can know from their name."""


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield decorators that stand above the innermost one that registers the view."""
    told: set[Place] = set()
    for route in project.routes:
        lost_layers = [one for one in route.ineffective if _never_runs(project, route, one)]
        for layer in lost_layers:
            if layer.place in told:
                continue
            told.add(layer.place)
            lost = _lost(project, route, layer)
            innermost = route.layers[route.registered]
            yield rule.finding(
                layer.place,
                f"{decorator(layer)} stands above {decorator(innermost)} and never runs: {lost}",
                f"move {decorator(layer)} below {decorator(innermost)}",
                symbol=f"{route.symbol} {layer.name}",
                related=[(innermost.place, "registers what stands below it")],
                fix=_lowered(route, layer, lost_layers),
            )


def _never_runs(project: Project, route: Route, layer: Layer) -> bool:
    """Whether a decorator above the route does something that nothing below it does."""
    below = {(one.kind, one.symbol) for one in route.effective}
    if layer.kind not in _LOST or (layer.kind, layer.symbol) in below or layer.optional:
        return False
    return not (layer.kind == "limit" and not route.cls and _looked_up_by_view(project, route))


def _lowered(route: Route, layer: Layer, lost: list[Layer]) -> Fix | None:
    """Return the fix that moves a decorator below the route, with those after it that may move as freely."""
    if route.cls:
        return None
    moved = [one for one in lost[lost.index(layer) :] if _changes(route, one) == _changes(route, layer)]
    innermost = route.layers[route.registered]
    above = ("cross_origin", "limit", "jwt", "guard") if layer.kind in {"cached", "memoize"} else ("cross_origin",)
    last = next((one for one in reversed(route.effective) if one.kind in above), innermost)
    if any(written(route, one) is None for one in (*moved, last)):
        return None
    names = " and ".join(dict.fromkeys(map(decorator, moved)))
    changes = _changes(route, layer)
    return Fix(
        f"move {names} below {decorator(last)}",
        tuple(Move(one.place, last.place) for one in moved),
        safe=not changes,
        changes=changes,
        intends=tuple(
            part for kind in ("guards", "limits", "cache", "cors", "rules") for part in shown_rules(kind, route)
        ),
    )


def _changes(route: Route, layer: Layer) -> str:
    """Return what else becomes of a view when a decorator begins to work; empty where that is all that was missing."""
    if layer.kind in {"cached", "memoize"}:
        return f"begins to cache {called(route.name)}: what one caller gets may be given to all"
    if layer.kind == "cross_origin":
        return f"opens {called(route.name)} to other origins"
    if layer.kind in {"jwt", "guard"} and "OPTIONS" in route.methods:
        return f"guards {called(route.name)}, but not for OPTIONS, which the route lists"
    return ""


def _looked_up_by_view(project: Project, route: Route) -> bool:
    """Whether the pinned Flask-Limiter still finds the limits of the bare function before the request."""
    return project.pins.before("flask-limiter", "2.1", route.module.path) is True


def _lost(project: Project, route: Route, layer: Layer) -> str:
    view = code(route.cls) if route.cls else called(route.name)
    guarded = any(one.kind in {"jwt", "guard"} and not one.optional for one in route.effective)
    if layer.kind in {"jwt", "guard"} and (guarded or project.route_table.guarded_by_hook(route)):
        return f"{view} is left to its other guards"
    if layer.kind == "limit" and not route.cls:
        return f"{view} has no limit, and loses the default limits too"
    return _LOST[layer.kind].format(view=view)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield decorators that stand above the route of a live view, which is not what they returned."""
    told: set[tuple[str, str]] = set()
    for route in app.routes:
        for text in route.dead:
            kind = next((kind for kind, spelt in _SPELT if spelt.search(text)), None)
            if kind is None or (route.endpoint, text) in told:
                continue
            told.add((route.endpoint, text))
            view = called(route.name.rpartition(".")[2])
            lost = _LOST[kind].format(view=view)
            if kind in {"jwt", "guard"} and route.exposure == "guarded":
                lost = f"{view} is left to its other guards"
            elif kind == "limit" and not route.limits:
                lost = f"{view} has no limit, and loses the default limits too"
            yield rule.live(
                route.spot,
                f"{code('@' + text)} stands above the route of {route.method} {route.rule} and never runs: {lost}",
                f"move {code('@' + text)} below the route",
                symbol=f"{route.endpoint} {text.partition('(')[0]}",
                tags=(route.endpoint,),
            )
