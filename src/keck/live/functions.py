"""Functions that matter though no route names them: cached ones that are no views, and handlers of everything."""

from __future__ import annotations

import ast
import dis
import sys
import types
from collections.abc import Iterator
from typing import Any

from keck.live.homes import project_files
from keck.live.spots import definition, spot
from keck.live.wrappers import cells, qualified, table

_EVERYTHING = {"Exception", "BaseException"}
_TELLING = frozenset({"HTTPException", "get_response", "handle_http_exception", "code", "status_code", "description"})
_PLAIN = frozenset({"str", "repr", "type", "format", "jsonify", "dict", "render_template", "make_response"})


def catch_all(app: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - Flask is not imported here
    """Return the error handlers of ``Exception``.

    Each with ``name``, ``at`` (``app`` or a blueprint's name), ``exception``, ``path``, ``line``, ``end_line``, and
    ``http``: whether its code treats HTTP errors on their own, as far as can be seen: it names ``HTTPException`` or
    asks for a status code, raises, returns the error, or what an unknown function makes of it.
    """
    found = []
    for scope, codes in app.error_handler_spec.items():
        for handlers in codes.values():
            for kind, handler in handlers.items():
                if kind.__name__ in _EVERYTHING and kind.__module__ == "builtins":
                    place = spot(handler)
                    code = getattr(handler, "__code__", None)
                    found.append(
                        {
                            "name": qualified(handler),
                            "at": scope or "app",
                            "exception": kind.__name__,
                            "path": place.path,
                            "line": place.line,
                            "end_line": place.end_line,
                            "http": isinstance(code, types.CodeType) and _tells_apart(code),
                        }
                    )
    return found


def _tells_apart(code: types.CodeType) -> bool:
    if not _TELLING.isdisjoint(code.co_names) or not _TELLING.isdisjoint(
        one for one in code.co_consts if type(one) is str
    ):
        return True
    if any(one.opname == "RAISE_VARARGS" for one in dis.get_instructions(code)):
        return True
    node = definition(code)
    given = node.args.args[-1].arg if node is not None and node.args.args else None
    returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value] if node else []
    return any(_hands_on(value, given) for value in returned)


def _hands_on(value: ast.expr, name: str | None) -> bool:
    """Whether an expression is the error, or what an unknown function makes of it."""
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    if any(isinstance(one, ast.Name) and one.id == name for one in parts):
        return True
    for one in ast.walk(value):
        if isinstance(one, ast.Call) and any(isinstance(each, ast.Name) and each.id == name for each in one.args):
            called = one.func.id if isinstance(one.func, ast.Name) else getattr(one.func, "attr", "")
            if called not in _PLAIN:
                return True
    return False


def cached_functions(app: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - as above
    """Return the functions of the project's modules that ``cached()`` wraps and that are no views.

    Each with ``name``, ``path``, ``line``, ``end_line``, ``parameters``, and ``key_prefix``: as text, None where a
    function makes it.
    """
    codes = {code for code, known in table().wrappers.items() if known.kind == "cached"}
    if not codes:
        return []
    views = {id(one) for one in _reached(app.view_functions.values())}
    found = {}
    for module, _ in project_files():
        for value in list(_globals(module).values()):
            if type(value) is types.FunctionType and value.__code__ in codes and id(value) not in views:
                found[id(value)] = value
    return [one for one in map(_described, found.values()) if one is not None]


def _globals(module: str) -> dict[str, Any]:
    variables: dict[str, Any] = object.__getattribute__(sys.modules[module], "__dict__")
    return variables


def _reached(functions: Any) -> Iterator[Any]:  # noqa: ANN401 - any callables
    """Yield functions and those that they stand around, by their closures."""
    waiting, seen = list(functions), set()
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            if type(one) is types.FunctionType:
                inner = [*cells(one).values(), vars(one).get("__wrapped__"), vars(one).get("view_class")]
                waiting += [each for each in inner if type(each) in {types.FunctionType, type, types.MethodType}]
            elif type(one) is types.MethodType:
                waiting.append(one.__func__)
            elif issubclass(type(one), type):
                waiting += [each for each in vars(one).values() if type(each) is types.FunctionType]


def _described(wrapper: types.FunctionType) -> dict[str, Any] | None:
    inner = cells(wrapper).get("f")
    if type(inner) is not types.FunctionType:
        return None
    place, code = spot(inner), inner.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)
    prefix = _key_prefix(wrapper)
    return {
        "name": qualified(inner),
        "path": place.path,
        "line": place.line,
        "end_line": place.end_line,
        "parameters": list(code.co_varnames[:count]),
        "key_prefix": prefix if isinstance(prefix, str) else None,
    }


def _key_prefix(wrapper: types.FunctionType) -> object:
    """Return what the key is made of: it stands in the closures of the functions that make the key."""
    for one in _reached([vars(wrapper).get("make_cache_key")]):
        if type(one) is types.FunctionType and "key_prefix" in one.__code__.co_freevars:
            return cells(one).get("key_prefix")
    return None
