"""Whether a function that is given an error makes a difference between HTTP errors and others."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from keck.facts.expr import Call, Const, Expr, Items, Op, Ref, terminal, walk
from keck.facts.record import Function
from keck.project import Project
from keck.project.module import Module

_TELLING = frozenset(
    {"code", "status_code", "status", "http_status", "get_response", "description", "name", "response"}
)
"""What is asked of an error that may be an answer."""

_PLAIN = frozenset(
    {"str", "repr", "type", "format", "jsonify", "dict", "list", "len", "format_exc", "format_exception", "getattr"}
    | {"render_template", "make_response", "isinstance", "hasattr"}
)
"""Functions that make a text or an answer of any error."""

_STRANGERS = ("sqlalchemy.", "marshmallow.", "pydantic.", "jwt.", "requests.", "redis.", "jsonschema.", "botocore.")
"""Libraries whose errors are no HTTP errors."""

_DEPTH = 4


def tells_apart(project: Project, module: Module, function: Function, name: str, depth: int = 0) -> bool:
    """Whether a function treats HTTP errors on their own, or may do so where that cannot be seen.

    Args:
        project: to which it belongs.
        module: in which it stands.
        function: the handler, or what it hands the error to.
        name: its parameter that is the error.
        depth: how many functions the error has been handed through.
    """
    if depth >= _DEPTH:
        return True
    for scope in module.inside(function.name):
        if any(_tells(project, module, scope, ref, name) for ref in module.refs(scope)):
            return True
        for step in module.steps(scope):
            if step.kind == "raise" or (step.kind == "return" and _is_answer(project, module, scope, step.value, name)):
                return True
            kinds = [kind for one in (step.value,) if one is not None for kind in _compared(one, name)]
            if any(_may_be_http(project, module, scope, kind) for kind in kinds):
                return True
        for block in module.blocks(scope):
            kinds = [] if block.subject is None else list(_compared(block.subject, name))
            if any(_may_be_http(project, module, scope, kind) for kind in kinds):
                return True
        for call in module.calls(scope):
            if terminal(call.func) in {"getattr", "hasattr"} and _is(call.argument(0, "object"), name):
                wanted = call.argument(1, "name")
                if not isinstance(wanted, Const) or wanted.value in _TELLING:
                    return True
            inner = _handed(project, module, scope, call, name)
            if inner is not None and tells_apart(project, *inner, depth + 1):
                return True
    return False


def _is(expr: Expr | None, name: str) -> bool:
    return isinstance(expr, Ref) and expr.name == name


def _tells(project: Project, module: Module, scope: str, ref: Ref, name: str) -> bool:
    """Whether a name is one of Werkzeug's errors, or what is asked of an answer."""
    head, _, rest = ref.name.partition(".")
    if head == name and rest.partition(".")[0] in _TELLING:
        return True
    return "HTTPException" in ref.name or project.resolve(module, scope, ref).startswith("werkzeug.")


def _is_answer(project: Project, module: Module, scope: str, value: Expr | None, name: str) -> bool:
    """Whether what is returned is the error itself, or what something that cannot be seen makes of it."""
    for one in value.items if isinstance(value, Items) else (value,):
        if _is(one, name):
            return True
        for part in walk(one) if one is not None else ():
            if isinstance(part, Call) and any(_is(each, name) for each in _given(part)):
                hidden = project.reach.target(module, scope, part) is None
                if hidden and terminal(part.func) not in _PLAIN:
                    return True
    return False


def _given(call: Call) -> Iterator[Expr]:
    yield from call.args
    yield from (one.value for one in call.keywords)


def _compared(expr: Expr, name: str) -> Iterator[Expr]:
    """Yield the classes with which an expression compares the error: ``isinstance(e, X)``, ``type(e) is X``."""
    for part in walk(expr):
        if isinstance(part, Call) and terminal(part.func) == "isinstance" and _is(part.argument(0, "object"), name):
            given = part.argument(1, "class_or_tuple")
            yield from given.items if isinstance(given, Items) else () if given is None else (given,)
        elif isinstance(part, Op) and any(_types(each, name) for each in part.parts):
            yield from (each for each in part.parts if not _types(each, name))


def _types(expr: Expr, name: str) -> bool:
    return isinstance(expr, Call) and terminal(expr.func) == "type" and _is(expr.argument(0, "object"), name)


def _may_be_http(project: Project, module: Module, scope: str, kind: Expr) -> bool:
    """Whether a class is an HTTP error, or may be one as far as can be seen."""
    if not isinstance(kind, Ref):
        return True
    for one in project.objects.lineage(project.resolve(module, scope, kind)):
        head, colon, name = one.partition(":")
        where = project.names.by_name.get(head)
        if colon and where is not None and name in where.classes:
            continue
        if not one.startswith(_STRANGERS) and not hasattr(builtins, one.removeprefix("?.")):
            return True
    return False


def _handed(project: Project, module: Module, scope: str, call: Call, name: str) -> tuple[Module, Function, str] | None:
    """Return the function of the project that a call hands the error to, and what the error is called there."""
    at = next((index for index, one in enumerate(call.args) if _is(one, name)), None)
    word = next((one.name for one in call.keywords if _is(one.value, name)), None)
    target = project.reach.target(module, scope, call) if at is not None or word is not None else None
    if target is None:
        return None
    where, function = target
    params = [one.name for one in function.params if not one.kind]
    if at is not None:
        at += bool(function.owner) and params[:1] in (["self"], ["cls"])
        return (where, function, params[at]) if at < len(params) else None
    return (where, function, word) if word in params else None
