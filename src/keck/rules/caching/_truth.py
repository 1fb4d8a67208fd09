"""Whether an expression can be true without being `True` itself, which is all that Flask-Caching takes for a yes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.facts.expr import Call, Const, Expr, Index, Items, Lambda, Op, Ref, Table, Text, before, text_of
from keck.facts.record import Function
from keck.project.module import Module, Where
from keck.project.values import Known, alternatives

if TYPE_CHECKING:
    from keck.project import Project

_PARTS = {f"flask.request.{one}" for one in ("args", "form", "values", "cookies", "headers")}
_ITSELF = {
    "flask.session", "flask.request", *_PARTS, "flask.request.endpoint", "flask.request.path", "flask.request.authorization",
    "flask_login.current_user", "flask_login.current_user.id", "flask_jwt_extended.current_user",
    "flask_jwt_extended.current_user.id",
}  # fmt: skip
"""Names that stand for objects, texts or numbers."""
CALLED = {
    "flask_jwt_extended.get_jwt_identity", "flask_jwt_extended.get_jwt", "flask_jwt_extended.get_current_user",
    "flask_jwt_extended.verify_jwt_in_request", "flask_login.current_user.get_id", "os.getenv", "os.environ.get",
    "flask.get_flashed_messages", "re.match", "re.search", "re.fullmatch",
    *(f"?.{one}" for one in ("len", "int", "str", "float", "list", "dict", "set", "tuple", "sorted", "sum")),
}  # fmt: skip
"""Functions that return objects, texts or numbers."""
_BOOLEAN = {f"?.{one}" for one in ("bool", "isinstance", "issubclass", "hasattr", "callable", "any", "all")}
_HOLDERS = {"flask.session", "flask.g"}
COMPARING = {"==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not", "not"}
_COMPUTING = {"+", "-", "*", "/", "//", "%", "**", "neg"}
_IDS = re.compile(r"(^|_)(u?id|user|user_?name|name|e?mail|token|identity)$", re.IGNORECASE)
_TYPED = 3
_DEPTH = 5


def untrue(project: Project, module: Module, scope: str, expr: Expr, depth: int = 0) -> Expr | None:
    """Return the part of an expression that can be its value, be true, and is certainly not `True`; None without one."""
    if depth > _DEPTH:
        return None
    match expr:
        case Op(kind="or", parts=parts) | Op(kind="if", parts=(_, *parts)):
            found = (untrue(project, module, scope, one, depth) for one in parts)
            return next((one for one in found if one is not None), None)
        case Op(kind="and", parts=parts):
            return untrue(project, module, scope, parts[-1], depth)
        case Op(kind=kind):
            return expr if kind in _COMPUTING else None
        case Const(value=value):
            return expr if value and value is not True else None
        case Text() | Items() | Table() | Lambda():
            return expr
        case Index(value=Ref() as holder, index=index):
            return expr if _is_part(project, module, scope, holder, index) else _stated(project, module, scope, expr)
        case Call():
            return expr if _called(project, module, scope, expr, depth) else _stated(project, module, scope, expr)
        case Ref():
            return expr if _named(project, module, scope, expr, depth) else _stated(project, module, scope, expr)
        case _:
            return None


def _is_boolean(project: Project, module: Module, scope: str, expr: Expr) -> bool:
    match expr:
        case Const(value=bool()):
            return True
        case Op(kind="or" | "and", parts=parts) | Op(kind="if", parts=(_, *parts)):
            return any(_is_boolean(project, module, scope, one) for one in parts)
        case Op(kind=kind):
            return kind in COMPARING
        case Call(func=func):
            return project.resolve(module, scope, func) in _BOOLEAN
        case _:
            return False


def _stated(project: Project, module: Module, scope: str, expr: Expr) -> Expr | None:
    """Return a name or setting all of whose values the source states, one of them true and none of them `True`."""
    values = list(alternatives(project.value(module, scope, expr)))
    known = [one.value for one in values if isinstance(one, Known)]
    yes = [one for one in known if one]
    return expr if yes and len(known) == len(values) and not any(one is True for one in yes) else None


def _is_part(project: Project, module: Module, scope: str, holder: Ref, key: Expr) -> bool:
    """Whether a value of a part of the request is asked for, or one of the session or `g` that is no truth value."""
    symbol = project.resolve(module, scope, holder)
    return symbol in _PARTS or (symbol in _HOLDERS and _is_kept(project, symbol, text_of(key)))


def _is_kept(project: Project, holder: str, name: str | None) -> bool:
    """Whether what is kept under a name is no truth value: by what is written there, else by the name."""
    written = [] if name is None else list(_written(project, holder, name))
    if name is None or any(_is_boolean(project, *one) for one in written):
        return False
    if written and all(untrue(project, *one, _DEPTH) is not None for one in written):
        return True
    return _IDS.search(name) is not None


def _written(project: Project, holder: str, name: str) -> Iterator[Where]:
    for module in project.modules:
        for step in module.facts.steps:
            for target in step.targets if step.kind == "assign" else ():
                by_key = isinstance(target, Index) and text_of(target.index) == name
                meant = project.resolve(module, step.scope, target.value if isinstance(target, Index) else target)
                if step.value is not None and meant == (holder if by_key else f"{holder}.{name}"):
                    yield module, step.scope, step.value


def _called(project: Project, module: Module, scope: str, call: Call, depth: int) -> bool:
    symbol = project.resolve(module, scope, call.func)
    holder = before(call.func)
    if symbol in CALLED:
        return True
    if symbol.endswith(".get") and isinstance(holder, Ref) and call.args:
        typed = call.keyword("type") is not None or len(call.args) >= _TYPED
        return not typed and _is_part(project, module, scope, holder, call.args[0])
    found = project.objects.function(symbol)
    return found is not None and (found[1].is_async or any(True for _ in returned(project, *found, depth + 1)))


def _named(project: Project, module: Module, scope: str, ref: Ref, depth: int) -> bool:
    symbol = project.resolve(module, scope, ref)
    if symbol in _ITSELF:
        return True
    holder, _, name = symbol.rpartition(".")
    if holder == "flask.g":
        return _is_kept(project, holder, name)
    if "." in ref.name or scope not in module.functions:
        return False
    written = [one for one in project.objects.written(symbol) if one[1] == scope]
    return bool(written) and all(untrue(project, *one, depth + 1) is not None for one in written)


def returned(project: Project, module: Module, function: Function, depth: int = 0) -> Iterator[Expr]:
    """Yield the values that a function returns, each that can be true and is certainly not `True`."""
    for step in module.steps(function.name):
        value = step.value if step.kind == "return" else None
        if value is not None and untrue(project, module, function.name, value, depth) is not None:
            yield value
