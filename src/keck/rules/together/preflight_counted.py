"""Preflights use up the limit of the requests that they precede.

What: Default or application limits of Flask-Limiter hold for views that answer other origins, and nothing takes
    OPTIONS out of them. Or `@limiter.limit()` stands above `@cross_origin()`.

Why: A browser asks before a request that carries a token or JSON. Each such pair counts twice in one bucket, and when
    the preflight is the one that is refused, the front end sees a CORS error and not the 429.

Fix: Register `@limiter.request_filter` with a function that returns `request.method == "OPTIONS"`, or give default
    limits `default_limits_per_method=True`. On a view, put `cross_origin` above the limit. `keck fix` adds the filter
    below the limiter, and moves the decorator.

When to ignore it: The limit is far above what a browser sends in its time.

Evidence: Flask-Limiter 4.1.1 with Flask-CORS 6.0.5 under "2 per minute": OPTIONS 200, POST 200, OPTIONS 429,
    POST 429; with the filter only POST counts. A limit above `cross_origin` counts the preflight, one below it or without it
    does not. alisaifee/flask-limiter #70.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.edit import Fix, Import, Insert
from keck.facts.expr import Call, Ref, is_false
from keck.facts.record import Step
from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.live.record import Route as LiveRoute
from keck.project.extensions import Instance
from keck.project.layer import Layer
from keck.project.things import Site, Thing
from keck.project.values import Known, alternatives
from keck.rule import Rule, Skipped
from keck.rules._spelling import free
from keck.rules._wording import called, code, decorator
from keck.rules.caching._words import VIEWS
from keck.rules.cors._policies import policies
from keck.rules.cors._urls import behind
from keck.rules.limiter._limiters import hides_options, limiters, read
from keck.rules.together._order import lifted, shown_rules

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.routes import Route

rule = Rule(
    __name__,
    requires=("flask_limiter", "flask.ext"),
    level=Level.warning,
    needles=(*VIEWS, "imiter", "flask_cors", "cross_origin", "config", "RATELIMIT_", "request_filter"),
    good="Preflights are not counted by limits",
    needs=("limiter", "routes"),
    follows=("app/extension-inert", "app/config-without-effect"),
)

_FILTER = 'register `@limiter.request_filter` with a function that returns `request.method == "OPTIONS"`'
_KINDS = (
    ("application_limits", "RATELIMIT_APPLICATION", "RATELIMIT_APPLICATION"),
    ("default_limits", "RATELIMIT_DEFAULT", "RATELIMIT_DEFAULTS"),
)
_PASSED = ("limit", "limiting", "jwt", "cached", "memoize")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the limiters whose general limits count preflights, and the limits above a `cross_origin`."""
    if any(ref.name.endswith(".request_filter") for ref in _names(project)):
        return
    for one in limiters(project):
        text = _general(project, one)
        view = _answering(project, one, everything=text is not None and text[0] == "application_limits")
        if text is None or view is None:
            continue
        yield rule.finding(
            one.place,
            f"preflights count against {text[1]} of `{one.name}`, such as those for {called(view.name)}",
            _FILTER,
            symbol=one.symbol or one.name,
            related=[(view.place, f"{called(view.name)} answers other origins")],
            fix=_with_filter(project, one),
        )
    for route in project.routes:
        yield from _on_view(route)


def _names(project: Project) -> Iterator[Ref]:
    """Yield the names in code outside tests, those of decorators included."""
    for module in project.modules:
        if module.is_test:
            continue
        for function in module.facts.functions:
            for one in function.decorators:
                func = one.func if isinstance(one, Call) else one
                if isinstance(func, Ref):
                    yield func
        for scope in module.scopes:
            yield from module.refs(scope)


def _general(project: Project, one: Instance) -> tuple[str, str] | None:
    """Return which general limits a limiter has that count each method in one, and how messages speak of them."""
    if hides_options(project, one):
        return None
    for option, key, prefix in _KINDS:
        if any(
            one.call.keyword(f"{option}_{name}") is not None or project.settings(f"{prefix}_{name.upper()}")
            for name in ("per_method", "exempt_when")
        ):
            continue
        given = one.call.keyword(option)
        value = None if given is None else project.value(one.module, one.scope, given)
        if isinstance(value, Known) and isinstance(value.value, list) and value.value:
            first = value.value[0]
            limit = f'"{first.value}"' if isinstance(first, Known) and isinstance(first.value, str) else "the first"
            return option, f"{code(option)} ({limit})"
        if given is None:
            stated = [each for setting in read(project, key) for each in alternatives(setting.value)]
            texts = [each.value for each in stated if isinstance(each, Known) and isinstance(each.value, str)]
            if texts and all(texts) and len(texts) == len(stated):
                return option, f'`{key}` ("{texts[0]}")'
    return None


def _answering(project: Project, one: Instance, *, everything: bool) -> Route | None:
    """Return a view that general limits hold for and that a browser asks for a preflight of, or None."""
    apps = {thing for binding in one.bindings for thing in binding.target}
    for policy in policies(project):
        if policy.kind == "app" and not (policy.target & apps) and _known(policy.target) and _known(frozenset(apps)):
            continue
        for route in policy.routes if policy.kind == "view" else behind(project, policy):
            kinds = {layer.kind for layer in route.effective}
            asked = route.writes or "jwt" in kinds
            if asked and "exempt" not in kinds and (everything or "limit" not in kinds):
                return route
    return None


def _known(things: frozenset[Thing]) -> bool:
    return all(isinstance(one, Site) for one in things)


def _with_filter(project: Project, one: Instance) -> Fix | None:
    """Return the fix that registers a filter below the statement that makes the limiter."""
    step, target = _made(one)
    name = free(project, one.module, one.scope, "is_preflight", "is_options_request", "asks_for_options")
    if step is None or target is None or name is None:
        return None
    place = one.module.place(step)
    code_of = f'@{target}.request_filter\ndef {name}():\n    return request.method == "OPTIONS"'
    return Fix(
        f"register a filter: `@{target}.request_filter`",
        (Insert(place, code_of), Import(place, "from flask import request")),
        intends=("limits/*", "extensions/limiter/*"),
    )


def _made(one: Instance) -> tuple[Step | None, str | None]:
    """Return the statement that makes an instance outside of any branch, and what it assigns it to."""
    for step in one.module.steps(one.scope):
        if step.kind == "assign" and step.value is one.call and step.block < 0 and len(step.targets) == 1:
            (target,) = step.targets
            return step, target.name if isinstance(target, Ref) else None
    return None, None


def _on_view(route: Route) -> Iterator[Finding]:
    """Yield the outermost limit of a view that stands above its `cross_origin`."""
    layers = route.effective
    answering = next((one for one in layers if one.kind == "cross_origin"), None)
    if answering is None or (answering.call is not None and is_false(answering.call.keyword("automatic_options"))):
        return
    above = [one for one in layers[: layers.index(answering)] if one.kind == "limit" and _counts_options(one)]
    if not above:
        return
    yield rule.finding(
        above[0].place,
        f"{decorator(above[0])} stands above {decorator(answering)} of {called(route.name)} and counts its preflights",
        f"put {decorator(answering)} above {decorator(above[0])}",
        symbol=f"{route.symbol} {answering.name}",
        related=[(answering.place, "answers preflights")],
        fix=lifted(
            route,
            [answering],
            above[0],
            over=_PASSED,
            intends=(*shown_rules("limits", route), *shown_rules("cors", route)),
        ),
    )


def _counts_options(layer: Layer) -> bool:
    """Whether a limit on a view counts OPTIONS with the other methods."""
    call = layer.call
    return (
        call is not None
        and not call.open_ended
        and all(call.keyword(name) is None for name in ("methods", "per_method", "exempt_when"))
    )


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding a limiter whose limits hold for preflights of views that other origins may call."""
    limiters = app.of("limiter", "this", "both")
    if any(one.facts.get("filters") for one in limiters):
        raise Skipped("a request filter decides what is counted")
    for one in limiters:
        found = [
            (route, limit)
            for route in app.routes
            for limit in route.limits
            if limit.scope in {"default", "application"}
            and not limit.per_method
            and not limit.methods
            and limit.limiter == one.name
            and route.cors.source
            and route.cors.preflight
            and route.automatic_options
        ]
        if not found:
            continue
        route, limit = found[0]
        more = len({each.endpoint for each, _ in found}) - 1
        yield rule.live(
            one.spot,
            f"preflights count against `{limit.text}`: of {route.method} {route.rule}"
            + (f" and {more} more endpoint{'s' * (more > 1)}" if more else ""),
            _FILTER,
            symbol=one.name,
            tags=("limiter",),
        )
    told: set[str] = set()
    for route in app.routes:
        text = _above_cross_origin(route)
        if text and route.endpoint not in told:
            told.add(route.endpoint)
            yield rule.live(
                route.spot,
                f"`{text}` of {called(route.name.rpartition('.')[2])} stands outside `@cross_origin()` and counts its "
                f"preflights: of {route.method} {route.rule}",
                "put `@cross_origin()` above the limit",
                symbol=route.endpoint,
                tags=("limiter", route.endpoint),
            )


def _above_cross_origin(route: LiveRoute) -> str:
    """Return the limit of a live view outside its `cross_origin` that counts preflights, or an empty text."""
    kinds = [one.kind for one in route.layers]
    if "cross_origin" not in kinds:
        return ""
    at = kinds.index("cross_origin")
    if "limit" not in kinds[:at] or route.layers[at].details.get("automatic_options", True) is False:
        return ""
    position = next(number for number, step in enumerate(route.order) if step.text == "@cross_origin")
    counting = (
        one
        for one in route.limits
        if one.position < position and not (one.methods or one.per_method or one.exempt_when)
    )
    return next((one.text for one in counting if one.scope in {"own", "shared"}), "")
