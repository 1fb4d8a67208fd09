"""What answers a request: views, functions that run before or after each of them, and error handlers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keck.facts.expr import Call, Expr, Ref, before, terminal
from keck.facts.record import Function
from keck.finding import Place
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Named, Site

_HOOKS = {
    "before_request",
    "before_app_request",
    "after_request",
    "after_app_request",
    "after_this_request",
    "teardown_request",
    "teardown_app_request",
}
_HANDLERS = {"errorhandler", "app_errorhandler", "register_error_handler"}


@dataclass(frozen=True)
class Entry:
    """A function that Flask calls while it answers a request; `kind` is what to call it in messages."""

    kind: str
    name: str
    module: Module
    function: Function

    @property
    def symbol(self) -> str:
        """Its symbol: ``app.views:login``."""
        return f"{self.module.name}:{self.function.name}"

    @property
    def place(self) -> Place:
        """The line of the ``def``."""
        return self.module.head(self.function)


def entries(project: Project) -> Iterator[Entry]:
    """Yield the views, request hooks and error handlers outside tests, views first."""
    for route in project.routes:
        yield Entry("view", route.name, route.module, route.function)
    for module in project.modules:
        if not module.is_test:
            for function in module.facts.functions:
                for one in function.decorators:
                    func = one.func if isinstance(one, Call) else one
                    if _registers(project, module, function.scope, func):
                        yield _entry(func, module, function)
    for name in sorted(_HOOKS | _HANDLERS):
        for module, scope, call in project.objects.calls_by_name.get(name, []):
            given = call.keyword("f") or (call.args[-1] if call.args else None)
            found = project.objects.function(project.resolve(module, scope, given)) if given is not None else None
            if found is not None and not module.is_test and _registers(project, module, scope, call.func):
                yield _entry(call.func, *found)


def _entry(func: Expr, module: Module, function: Function) -> Entry:
    kind = "error handler" if terminal(func) in _HANDLERS else "request hook"
    return Entry(kind, function.name.rpartition(".")[2], module, function)


def _registers(project: Project, module: Module, scope: str, func: Expr) -> bool:
    """Whether a name is a method of an app or a blueprint, or of what may be one, that registers a function."""
    last = terminal(func)
    if last not in _HOOKS | _HANDLERS or not isinstance(func, Ref):
        return False
    holder = before(func)
    if holder is None or last == "after_this_request":
        return project.resolve(module, scope, func) == "flask.after_this_request"
    things = project.things(module, scope, holder)
    return not all(
        _is_stranger(one.cls if isinstance(one, Site) else one.symbol if isinstance(one, Named) else "")
        for one in things
    )


def _is_stranger(symbol: str) -> bool:
    """Whether something is made by another library than one for Flask."""
    return bool(symbol) and ":" not in symbol and not symbol.startswith(("flask", "apiflask", "connexion"))
