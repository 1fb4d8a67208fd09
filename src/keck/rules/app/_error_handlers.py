"""Error handlers of a project: what each is registered for, and on what."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass

from keck.facts.expr import Call, Const, Expr, Lambda, Ref, before, terminal
from keck.facts.record import Function
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Named, Site, Unknown
from keck.rules.app._instances import APP_NAMES

_CODES = {
    "BadRequest": 400, "Unauthorized": 401, "Forbidden": 403, "NotFound": 404, "MethodNotAllowed": 405,
    "Conflict": 409, "RequestEntityTooLarge": 413, "UnsupportedMediaType": 415, "UnprocessableEntity": 422,
    "TooManyRequests": 429, "InternalServerError": 500,
}  # fmt: skip
_BLUEPRINTS = re.compile(r"(^|_)(bp|blueprint)(_|$)", re.IGNORECASE)
_PLAIN = frozenset({"flask.Flask", "flask_openapi3.OpenAPI", "flask_api.FlaskAPI"})


@dataclass(frozen=True, eq=False)
class Handler:
    """One registration of an error handler.

    Attributes:
        takes: the status code it is for; ``all`` for `Exception`, ``http`` for `HTTPException`, ``other`` for
            another exception, ``unknown`` where that cannot be told.
        blueprint: the blueprint whose views alone it serves; None where it serves the app.
        module, scope, call: where it is registered.
        home, function: the handler and its module, None where it is a lambda or cannot be seen.
    """

    takes: int | str
    blueprint: str | None
    module: Module
    scope: str
    call: Call
    home: Module
    function: Function | None


def handlers(project: Project) -> Iterator[Handler]:
    """Yield the error handlers that are registered outside tests."""
    for module in project.modules:
        if module.is_test:
            continue
        for function in module.facts.functions:
            for one in function.decorators:
                if isinstance(one, Call) and terminal(one.func) in {"errorhandler", "app_errorhandler"}:
                    yield from _registered(project, module, function.scope, one, (module, function))
    for module, scope, call in project.objects.calls_by_name.get("register_error_handler", []):
        given = call.argument(1, "f")
        if not module.is_test and given is not None and not isinstance(given, Lambda):
            found = project.objects.function(project.resolve(module, scope, given))
            yield from _registered(project, module, scope, call, found or (module, None))


def _registered(
    project: Project, module: Module, scope: str, call: Call, function: tuple[Module, Function | None]
) -> Iterator[Handler]:
    holder = before(call.func)
    owner = None if holder is None else _owner(project, module, scope, holder)
    if owner is None:
        return
    blueprint = None if owner == "" or terminal(call.func) == "app_errorhandler" else owner
    takes = _takes(project, module, scope, call.argument(0, "code_or_exception"))
    yield Handler(takes, blueprint, module, scope, call, *function)


def _owner(project: Project, module: Module, scope: str, holder: Expr) -> str | None:
    """Return what a handler is registered on: empty for an app, a blueprint's name, or None for what is neither.

    Apps that answer HTTP errors themselves, such as APIFlask, count as neither.
    """
    things = project.things(module, scope, holder)
    for thing in sorted(things, key=str):
        match thing:
            case Site(kind="app", cls=cls):
                return "" if cls in _PLAIN or ":" in cls else None
            case Site(kind="blueprint"):
                return project.extensions.symbol(thing) or f"{thing.path}:{thing.line}"
            case Named(kind="external", symbol="flask.current_app"):
                return ""
    name = terminal(holder)
    if not isinstance(holder, Ref) or not any(isinstance(one, Unknown) for one in things):
        return None
    if name in APP_NAMES:
        return ""
    return project.resolve(module, scope, holder) if _BLUEPRINTS.search(name) else None


def _takes(project: Project, module: Module, scope: str, given: Expr | None) -> int | str:
    if isinstance(given, Const):
        return given.value if isinstance(given.value, int) else "unknown"
    if not isinstance(given, Ref):
        return "unknown"
    symbol = project.resolve(module, scope, given)
    if symbol in {"?.Exception", "?.BaseException"}:
        return "all"
    if symbol.startswith("werkzeug."):
        name = symbol.rpartition(".")[2]
        return "http" if name == "HTTPException" else _CODES.get(name, "other")
    if symbol.startswith("?."):
        return "other" if hasattr(builtins, symbol.removeprefix("?.")) else "unknown"
    if ":" in symbol:
        things = project.objects.of_symbol(symbol)
        return "other" if any(isinstance(one, Named) and one.kind == "class" for one in things) else "unknown"
    return "unknown" if symbol.endswith(("default_exceptions", "http")) else "other"
