"""Functions that matter though no route names them: cached ones that are no views, and handlers of everything."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

from keck.live.homes import project_files
from keck.live.spots import spot
from keck.live.wrappers import cells, qualified, table

_EVERYTHING = {"Exception", "BaseException"}


def catch_all(app: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - Flask is not imported here
    """Return the error handlers of ``Exception``.

    Each with ``name``, ``at`` (``app`` or a blueprint's name), ``exception``, ``path``, ``line``, ``end_line``, and
    ``http``: whether its code names ``HTTPException``, as one that lets those through does.
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
                            "http": code is not None and "HTTPException" in code.co_names,
                        }
                    )
    return found


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
