"""Views that an app has replaced by a limited one: ``app.view_functions["login"] = limiter.limit("5/minute")(view)``."""

from __future__ import annotations

from keck.facts.expr import Call, Index, terminal
from keck.facts.record import Step
from keck.project import Project
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.values import Known, Value, alternatives


def replaced(project: Project) -> list[Value]:
    """Return the endpoints whose views are replaced by limited ones, as far as they can be known."""
    return [
        value
        for module in project.modules
        if not module.is_test
        for step in module.facts.steps
        if step.kind == "assign" and isinstance(step.value, Call)
        for target in step.targets
        if isinstance(target, Index) and terminal(target.value) == "view_functions" and _limits(project, module, step)
        for value in alternatives(project.value(module, step.scope, target.index))
    ]


def is_replaced(project: Project, route: Route, endpoints: list[Value]) -> bool:
    """Whether the view of a route is, or may be, one of those that are replaced."""
    call = route.registration
    position = 1 if call is not None and terminal(call.func) == "add_url_rule" else None
    given = None if call is None else call.argument(position, "endpoint")
    own = project.value(route.module, route.function.scope, given) if given is not None else None
    name = route.function.name if own is None else own.value if isinstance(own, Known) else ""
    return any(not isinstance(one, Known) or not name or _last(one.value) == _last(name) for one in endpoints)


def _last(endpoint: object) -> str:
    return str(endpoint).rpartition(".")[2]


def _limits(project: Project, module: Module, step: Step) -> bool:
    call = step.value
    return isinstance(call, Call) and project.decorators.layer(module, step.scope, call.func).kind == "limit"
