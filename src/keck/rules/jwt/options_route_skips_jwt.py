"""A protected route lists OPTIONS, for which the token is not checked and the view runs.

What:
    A route behind `jwt_required` (or a hook that calls `verify_jwt_in_request`) whose methods name
    OPTIONS, or a class whose `options` method does more than answer.

Why:
    Flask-JWT-Extended lets every OPTIONS request through, because browsers send preflights without
    a token. Flask answers OPTIONS by itself without running the view, unless the route asks for it:
    then `curl -X OPTIONS` returns what the token was to protect, or a 500 where the view asks who
    is calling.

Fix:
    Take OPTIONS out of `methods`: Flask answers it, and Flask-CORS adds its headers to that answer. `keck fix`
    does so where the methods are listed in the registration itself.

When to ignore it:
    Where the view tells OPTIONS apart in a way that Keck does not see. A view that asks for
    `request.method`, or has `cross_origin` around it, is passed over.

Evidence:
    Reproduced with Flask-JWT-Extended 4.7.4: GET answers 401, OPTIONS answers 200 with the view's
    data; without OPTIONS in methods the view does not run. vimalloc/flask-jwt-extended #119, #475;
    maxcountryman/flask-login #448.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Edit, Fix, Remove, Replace
from keck.facts.expr import Call, Const, Items, Ref, is_false, terminal, text_of, walk
from keck.finding import Finding, Level
from keck.live.record import Layer as LiveLayer
from keck.live.record import LiveApp
from keck.live.record import Route as LiveRoute
from keck.project import Project
from keck.project.decorators import Layer
from keck.project.routes import Route
from keck.rule import Rule
from keck.rules._spelling import spelled
from keck.rules._wording import called, code, decorator
from keck.rules.jwt._identity import is_current
from keck.rules.jwt._live import asks_who, named
from keck.rules.jwt._live import symbol as symbol_of
from keck.rules.jwt._manager import PACKAGE

rule = Rule(
    __name__,
    requires=("flask_jwt", "flask.ext"),
    level=Level.error,
    needles=("OPTIONS", "def options", "flask_jwt_extended", "before_request"),
    good="No guarded view answers OPTIONS itself",
    needs=("jwt", "routes"),
)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield each guarded route that runs for OPTIONS."""
    if not project.uses(PACKAGE):
        return
    for route in project.routes:
        if "OPTIONS" not in route.methods or not route.explicit:
            continue
        guard = _guard(project, route)
        if not guard or _answered(project, route) or (route.cls and not _does_something(project, route)):
            continue
        asks = any(
            is_current(project, route.module, scope, call)
            for scope in route.module.inside(route.function.name)
            for call in route.module.calls(scope)
        )
        outcome = "its request for the identity ends in a 500" if asks else "the view answers anyone"
        yield rule.finding(
            route.place,
            f"{called(route.name)} lists OPTIONS, for which {guard} checks no token: {outcome}",
            "take OPTIONS out of the methods: Flask answers it by itself",
            symbol=route.symbol,
            fix=_without_options(route),
        )


def _without_options(route: Route) -> Fix | None:
    """Return the fix that takes OPTIONS out of each list of methods with which a view is registered."""
    edits: list[Edit] = []
    for layer in [] if route.cls else [one for one in route.layers if one.kind == "route"]:
        given = None if layer.call is None else layer.call.keyword("methods")
        if given is None:
            continue
        if (
            layer.home is not None
            or not isinstance(given, Items)
            or not all(isinstance(one, Const) for one in given.items)
        ):
            return None
        gone = [one for one in given.items if str(text_of(one)).upper() == "OPTIONS"]
        kept = [one for one in given.items if one not in gone]
        if gone and not kept:
            return None
        if len(kept) == 1 and given.kind == "tuple" and gone:
            edits.append(Replace(layer.module.place(given), f"({spelled(kept[0])},)"))
        else:
            edits += [Remove(layer.module.place(one)) for one in gone]
    intends = tuple(f"*/OPTIONS *{rule}" for rule in route.rules) + tuple(f"rules/* *{rule}" for rule in route.rules)
    return Fix('take "OPTIONS" out of the methods', tuple(edits), intends=intends) if edits else None


def _guard(project: Project, route: Route) -> str:
    """Return what checks the token for this route, for a message, or an empty text."""
    layers = [one for one in route.effective if one.kind == "jwt" and not one.optional]
    if layers:
        return decorator(layers[0])
    hook = project.route_table.guarded_by_hook(route)
    if hook is None:
        return ""
    scope = hook.function.name
    asked = {
        project.resolve(hook.module, scope, part.func)
        for step in hook.module.steps(scope)
        if step.block < 0 and step.value is not None
        for part in walk(step.value)
        if isinstance(part, Call)
    }
    return called(scope) if f"{PACKAGE}.verify_jwt_in_request" in asked else ""


def _answered(project: Project, route: Route) -> bool:
    """Whether something tells OPTIONS apart: ``cross_origin``, or a look at the request's method."""
    if any(one.kind == "cross_origin" and not _leaves_options(one) for one in route.effective):
        return True
    owners = [(route.module, route.function.name)]
    for one in route.effective:
        own = project.objects.function(one.symbol)
        if own is not None:
            owners.append((own[0], own[1].name))
    return any(
        ref.name.rpartition(".")[2] == "method"
        for module, name in owners
        for scope in module.inside(name)
        for ref in module.refs(scope)
    )


def _leaves_options(layer: Layer) -> bool:
    return layer.call is not None and is_false(layer.call.keyword("automatic_options"))


def _does_something(project: Project, route: Route) -> bool:
    """Whether an ``options`` method runs code of the project, or asks who is calling; any other method does."""
    if not route.function.name.endswith(".options"):
        return True
    module, scope = route.module, route.function.name
    if any(is_current(project, module, scope, call) for call in module.calls(scope)):
        return True
    return any(
        isinstance(call.func, Ref)
        and (call.func.name.startswith("self.") or ":" in project.resolve(module, scope, call.func))
        and terminal(call.func) not in {"jsonify", "make_response"}
        for call in module.calls(scope)
    )


_EXEMPT = frozenset({"jwt", "login"})
"""Guards that let every OPTIONS request pass."""
_CALLERS = frozenset({"session", "g", "request.json", "request.args", "request.form", "mail.send"})


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield guarded views that are run for OPTIONS, which their token check lets pass."""
    told: set[str] = set()
    for route in app.routes:
        if route.method != "OPTIONS" or route.name in told or route.unseen or not _runs(route):
            continue
        demands = [one for one in route.guards if one.kind == "jwt" and one.how not in {"optional", "conditional"}]
        if not demands or any(one.kind not in _EXEMPT for one in route.guards):
            continue
        told.add(route.name)
        guard = demands[0].name.rpartition(".")[2]
        who = code("@jwt_required()") if guard == "jwt_required" else code(guard)
        outcome = "its request for the identity ends in a 500" if asks_who(route) else "the view answers anyone"
        yield rule.live(
            route.spot,
            f"{called(named(route))} lists OPTIONS, for which {who} checks no token: {outcome} at OPTIONS {route.rule}",
            "take OPTIONS out of the methods: Flask answers it by itself",
            symbol=symbol_of(route),
            tags=("jwt", route.endpoint),
        )


def _runs(route: LiveRoute) -> bool:
    """Whether the view is run for OPTIONS and does not tell it apart; an ``options`` method that does nothing is well."""
    if any(_answers_options(one) for one in route.layers):
        return False
    reads = {*route.reads, *(name for layer in route.layers for name in layer.reads)}
    if "request.method" in reads:
        return False
    return not route.name.endswith(".options") or asks_who(route) or bool(_CALLERS & reads)


def _answers_options(layer: LiveLayer) -> bool:
    return layer.kind == "cross_origin" and layer.details.get("automatic_options", True) is not False
