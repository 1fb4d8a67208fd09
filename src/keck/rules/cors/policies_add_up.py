"""Two CORS policies cover the same URLs, and the wider one undoes the narrower.

What:
    `CORS(blueprint, origins=[...])` next to a wider `CORS(app)`, or two calls on one app whose
    origins differ. Or `@cross_origin(origins=[...])` on a view that aborts, under a wider `CORS(app)`: a
    warning.

Why:
    Policies neither override nor merge. Each call adds a function that runs after the request; the first
    one whose origins match sets the header, and one that does not match leaves the answer to the
    next. What is allowed is the union: an origin that the blueprint's list refuses is let in by the
    app's. A decorator does win over the app's policy, but only for what the view returns: `abort(403)`
    leaves past it, and that answer has the app's.

Fix:
    Call CORS once, on the app, with a `resources` dict whose patterns exclude each other:
    `{r"^/admin(/.*)?$": {"origins": [...]}, r"^/(?!admin(/|$)).*$": {"origins": "*"}}`. `keck fix` writes it,
    where unsafe fixes are asked for, of one blueprint's policy and one of the app with origins alone.

When to ignore it:
    Where the union is what you want; then one call with all the origins says so.

Evidence:
    Flask-CORS 6.0.5: with `CORS(app)` and `CORS(admin, origins=["https://admin.example"])` a request from
    `https://evil.example` to the admin blueprint is allowed; with two calls on one app each
    call's origin is, and so it is on `abort(403)` under `@cross_origin(origins=["https://admin.example"])`
    with `CORS(app)`. corydolphin/flask-cors issue 301.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from keck.facts.expr import Call, Span, terminal
from keck.facts.record import Block
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.things import Site
from keck.project.timeline import blocks_of
from keck.project.values import Known, Value
from keck.rule import Rule
from keck.rules.cors._live import LivePolicy
from keck.rules.cors._live import policies as live_policies
from keck.rules.cors._one_policy import one_policy
from keck.rules.cors._origins import STRANGERS, admits, entries, text
from keck.rules.cors._policies import policies
from keck.rules.cors._policy import EVERYWHERE, Policy
from keck.rules.cors._urls import covers, hosts, urls

rule = Rule(
    __name__,
    requires=("flask_cors", "flask.ext"),
    level=Level.error,
    needles=("CORS", "flask_cors", "Blueprint", "register_blueprint"),
    good="No policy lets in whom a narrower one keeps out",
    needs=("cors",),
)

_ABORTS = {
    "flask.abort",
    "werkzeug.exceptions.abort",
    "flask_restful.abort",
    "flask_restx.abort",
    "flask_smorest.abort",
    "apiflask.abort",
}
_OR_404 = {"get_or_404", "first_or_404", "one_or_404"}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding for each narrower policy, and for each decorator whose view's errors a wider one covers."""
    told = set()
    bound = [one for one in policies(project) if one.kind != "view"]
    for one, other in combinations(bound, 2):
        if one.call is other.call or _exclusive(one, other) or not _together(project, one, other):
            continue
        for narrow, wide in ((one, other), (other, one)):
            origin = _let_in(narrow, wide)
            if origin is None or narrow.place in told:
                continue
            told |= {narrow.place, wide.place}
            yield rule.finding(
                narrow.place,
                f"CORS on {narrow.spelt} does not keep {origin} out: the policy for {wide.spelt} lets it in",
                "call CORS once, on the app, with resources whose patterns exclude each other",
                symbol=narrow.name,
                related=[(wide.place, "this policy covers the same URLs")],
                fix=one_policy(project, narrow, wide) if len(bound) == len((one, other)) else None,
            )
    for narrow in policies(project):
        if narrow.kind == "view":
            yield from _aborted(project, narrow, bound)


def _aborted(project: Project, narrow: Policy, bound: Sequence[Policy]) -> Iterator[Finding]:
    """Yield a finding where a decorated view aborts: that answer does not pass through the decorator."""
    for wide in bound:
        origin = None if _branches(wide) else _let_in(narrow, wide)
        routes = () if origin is None else _under(project, narrow, wide)
        place = next((one for route in routes for one in _aborts(project, route)), None)
        if place is not None:
            yield rule.finding(
                narrow.place,
                f"CORS on {narrow.spelt} does not keep {origin} out of answers that are aborted: "
                f"the policy for {wide.spelt} lets it in",
                "leave its URL out of that policy with `resources`, since an aborted answer does not pass the decorator",
                level=Level.warning,
                symbol=narrow.name,
                related=[(wide.place, "this policy covers the same URL"), (place, "the view is left here")],
            )
            return


def _under(project: Project, narrow: Policy, wide: Policy) -> tuple[Route, ...]:
    """Return the views of a decorator whose URLs a wider policy certainly covers."""
    if wide.kind == "blueprint":
        routes = tuple(one for one in narrow.routes if one.owner & wide.target)
    else:
        apps = frozenset(one for one in wide.target if isinstance(one, Site) and one.kind == "app")
        lone = len(project.apps) <= 1
        routes = tuple(one for one in narrow.routes if lone or apps & (one.owner | hosts(project, one.owner)))
    return tuple(
        route
        for route in routes
        if wide.pattern == EVERYWHERE or any(covers(wide.pattern, url.path) for url in urls(project, (route,)))
    )


def _aborts(project: Project, route: Route) -> Iterator[Place]:
    """Yield where a view, or a function that it calls, ends the request with an HTTP error that nothing catches there."""
    for module, scope, path in project.reach.closure(route.module, route.function.name, 1):
        if any(_tried(route.module, call) for call in path):
            continue
        for call in module.calls(scope):
            aborts = project.resolve(module, scope, call.func) in _ABORTS or terminal(call.func) in _OR_404
            if aborts and not _tried(module, call):
                yield module.place(call)
        for step in module.steps(scope):
            if step.kind == "raise" and step.value is not None:
                error = step.value.func if isinstance(step.value, Call) else step.value
                known = project.resolve(module, scope, error).startswith("werkzeug.exceptions.")
                if known and not _tried(module, step):
                    yield module.place(step)


def _tried(module: Module, span: Span) -> bool:
    return any(block.kind == "try" for block in blocks_of(module, span))


def _let_in(narrow: Policy, wide: Policy) -> str | None:
    """Return an origin that one policy refuses and the other admits."""
    if wide.kind == "blueprint" and narrow.kind == "app":
        return None  # a blueprint that is more open than the app is what its author says
    limits, opened = _known(narrow.origins.value), _known(wide.origins.value)
    if limits is None or opened is None:
        return None
    literals = [str(one.value) for one in opened if isinstance(one.value, str)]
    for origin in (*STRANGERS, *literals):
        refused = not any(admits(one, origin) for one in limits)
        if refused and any(admits(one, origin) for one in opened):
            return "any other origin" if origin in STRANGERS else origin
    return None


def _known(value: Value) -> list[Known] | None:
    if not isinstance(value, Known):
        return None
    rows = value.value if isinstance(value.value, list) else [value]
    return list(entries(value)) if all(isinstance(one, Known) for one in rows) else None


def _together(project: Project, one: Policy, other: Policy) -> bool:
    """Whether both cover one URL of one app."""
    if one.kind == other.kind == "blueprint":
        return bool(one.target & other.target) and _overlap(project, one, other)
    apps = [
        frozenset(thing for thing in each.target if isinstance(thing, Site) and thing.kind == "app")
        for each in (one, other)
    ]
    if one.kind == other.kind == "app":
        return bool(apps[0] & apps[1]) and _overlap(project, one, other)
    blueprint = one if one.kind == "blueprint" else other
    same = len(project.apps) <= 1 or bool((apps[0] | apps[1]) & hosts(project, blueprint.target))
    return same and _overlap(project, one, other)


def _overlap(project: Project, one: Policy, other: Policy) -> bool:
    if one.pattern is None or other.pattern is None:
        return False
    if EVERYWHERE in {one.pattern, other.pattern} and one.kind == other.kind:
        return True
    if text(one.pattern) == text(other.pattern):
        return True
    blueprint = next((each for each in (one, other) if each.kind == "blueprint"), None)
    routes = tuple(route for route in project.routes if blueprint is None or route.owner & blueprint.target)
    return any(covers(one.pattern, url.path) and covers(other.pattern, url.path) for url in urls(project, routes))


def _exclusive(one: Policy, other: Policy) -> bool:
    """Whether the two calls stand in branches, so that they need not both run."""
    return _branches(one) != _branches(other)


def _branches(policy: Policy) -> list[Block]:
    around = blocks_of(policy.module, policy.call)
    return [block for block in around if block.kind in {"if", "else", "except", "case"}]


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding for each policy that a wider one undoes, with a concrete route and origin."""
    every = live_policies(app)
    bound = [one for one in every if one.at != "view"]
    told: set[tuple[str, int, str]] = set()
    for route in app.routes:
        asked = [one for one in bound if any(route is each for each in one.routes)]
        for narrow, wide in permutations(asked, 2):
            # a place that is more open than the one around it is what its author says
            inner = narrow.at == wide.at or asked.index(narrow) < asked.index(wide)
            origin = _let_in_live(narrow, wide) if inner and _call(narrow) not in told else None
            if origin is None or _call(narrow)[:2] == _call(wide)[:2]:
                continue
            told |= {_call(narrow), _call(wide)}
            which = "another policy" if narrow.spelt == wide.spelt else "the policy"
            yield rule.live(
                narrow.spot,
                f"CORS on {_where(narrow)} does not keep {origin} out of {route.method} {route.rule}: "
                f"{which} for {_where(wide)} lets it in",
                "call CORS once, on the app, with resources whose patterns exclude each other",
                symbol=narrow.symbol,
                tags=("cors", *narrow.cause),
                related=[(wide.spot, "this policy covers the same URLs")] if wide.spot.path else [],
            )
    for narrow in every:
        if narrow.at == "view":
            yield from _aborted_live(narrow, bound)


def _where(one: LivePolicy) -> str:
    return one.spelt.replace("every URL of the app", "the app")


def _call(one: LivePolicy) -> tuple[str, int, str]:
    return one.at, one.position, one.pattern


def _aborted_live(narrow: LivePolicy, bound: Sequence[LivePolicy]) -> Iterator[Finding]:
    """Yield a finding where a decorated view aborts: that answer does not pass through the decorator."""
    (route,) = narrow.routes
    for wide in bound if "abort" in route.reads else ():
        near = wide.at == "app" or route.endpoint.startswith(f"{wide.at}.")
        origin = _let_in_live(narrow, wide) if near and wide.covers(route.path or route.rule) else None
        if origin is not None:
            yield rule.live(
                narrow.spot,
                f"CORS on {_where(narrow)} does not keep {origin} out of answers of {route.method} {route.rule} that are "
                f"aborted: the policy for {_where(wide)} lets it in",
                "leave its URL out of that policy with `resources`, since an aborted answer does not pass the decorator",
                level=Level.warning,
                symbol=narrow.symbol,
                tags=("cors", *narrow.cause),
                related=[(wide.spot, "this policy covers the same URL")] if wide.spot.path else [],
            )
            return


def _let_in_live(narrow: LivePolicy, wide: LivePolicy) -> str | None:
    """Return an origin that one policy refuses and the other admits."""
    for origin in (*STRANGERS, *(one for one, regex in wide.origins if not regex)):
        if wide.admits(origin) and not narrow.admits(origin):
            return "any other origin" if origin in STRANGERS else origin
    return None
