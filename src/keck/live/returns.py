"""What a function returns, as far as its source tells: results of known functions, and what is never `True` itself."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Iterator

from keck.live.references import References
from keck.live.spots import definition, is_library, lambda_of, plain

_PARTS = frozenset(
    f"request.{one}" for one in ("args", "form", "values", "cookies", "headers", "endpoint", "path", "authorization")
)
_ITSELF = frozenset({"current_user", "session", "request", *_PARTS})
_CALLED = frozenset({"get_jwt_identity", "get_jwt", "get_current_user", "verify_jwt_in_request"})
_BUILTINS = frozenset({"len", "int", "str", "float", "list", "dict", "set", "tuple", "sorted", "sum"})
_IDS = ("id", "uid", "user", "username", "name", "email", "token", "identity")


def results(function: object, references: References) -> tuple[str, ...]:
    """Return the known names of what a function of the project calls for what it returns."""
    found = plain(function)
    if found is None:
        return ()
    names: dict[str, None] = {}
    for value in _leaves_of(found):
        if isinstance(value, ast.Call) and (name := references.resolve(value.func, found).name):
            names[name] = None
    return tuple(names)


def untrue(value: object, references: References) -> str:
    """Return the code of what an option that asks for `True` is told instead; empty where it may be told that.

    Args:
        value: what is given as ``unless``, ``forced_update`` or ``is_stale``.
        references: resolves names in its code.
    """
    if value is None or value is False:
        return ""
    if not callable(value):
        return repr(value)
    found = plain(value)
    if found is None or is_library(found.__code__.co_filename):
        return ""
    if found.__code__.co_flags & inspect.CO_COROUTINE:
        return "a coroutine"
    return next((ast.unparse(leaf) for leaf in _leaves_of(found) if _is_untrue(leaf, found, references)), "")


def _leaves_of(function: types.FunctionType) -> Iterator[ast.expr]:
    """Yield the expressions of which a function returns one."""
    node = definition(function.__code__) or lambda_of(function.__code__)
    if isinstance(node, ast.Lambda):
        yield from _leaves(node.body)
    elif node is not None:
        for one in _statements(node.body):
            if isinstance(one, ast.Return) and one.value is not None:
                yield from _leaves(one.value)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for one in body:
        yield one
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for name in ("body", "orelse", "finalbody", "handlers", "cases"):
                yield from _statements(getattr(one, name, []))


def _leaves(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what an expression can be when it is true: a part of ``or``, the last of ``and``, a branch."""
    if isinstance(node, ast.BoolOp):
        for one in node.values if isinstance(node.op, ast.Or) else node.values[-1:]:
            yield from _leaves(one)
    elif isinstance(node, ast.IfExp):
        yield from _leaves(node.body)
        yield from _leaves(node.orelse)
    else:
        yield node


def _is_untrue(node: ast.expr, function: types.FunctionType, references: References) -> bool:
    """Whether an expression can be true and is certainly not `True`."""
    if isinstance(node, ast.Constant):
        return bool(node.value) and node.value is not True
    if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict | ast.JoinedStr):
        return True
    if isinstance(node, ast.Subscript):
        return _is_text(references.resolve(node.value, function).name, node.slice)
    if isinstance(node, ast.Call):
        asked = references.resolve(node.func, function)
        if isinstance(node.func, ast.Name) and not asked.name and asked.value is None:
            return node.func.id in _BUILTINS
        if asked.rest == ("get",) or (isinstance(node.func, ast.Attribute) and node.func.attr == "get"):
            typed = any(one.arg == "type" for one in node.keywords) or len(node.args) > 2
            return not typed and bool(node.args) and _is_text(asked.name, node.args[0])
        return asked.name in _CALLED and not asked.rest
    asked = references.resolve(node, function)
    return not asked.rest and asked.name in _ITSELF


def _is_text(holder: str, key: ast.expr) -> bool:
    """Whether a value of a request's part, or of the session under a key that is the name of somebody, is asked for."""
    if holder == "session":
        name = key.value if isinstance(key, ast.Constant) else None
        return isinstance(name, str) and name.rpartition("_")[2].lower() in _IDS
    return holder in _PARTS
