"""Known wrappers: the code objects that the decorators of the libraries in use make.

What ``jwt_required()`` returns is told by its code, which is a constant of `jwt_required` itself: no name
is compared, and no decorator is called to see what it makes.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keck.live.spots import lookup


@dataclass(frozen=True)
class Known:
    """A decorator that is known.

    Args:
        kind: as `Layer.kind`.
        name: qualified name of the decorator, as its users write it.
        cell: the variable of its wrapper that holds the function that it wraps.
        how: as `Guard.how`; empty where it is no guard.
    """

    kind: str
    name: str
    cell: str
    how: str = ""


_DECORATORS: tuple[tuple[str, str, Known], ...] = (
    ("flask_jwt_extended.view_decorators", "jwt_required", Known("jwt", "jwt_required", "fn", "required")),
    ("flask_caching", "Cache.cached", Known("cached", "cached", "f")),
    ("flask_caching", "Cache.memoize", Known("memoize", "memoize", "f")),
    ("flask_limiter._limits", "RouteLimit.__call__", Known("limit", "limit", "obj")),
    ("flask_limiter.extension", "LimitDecorator.__call__", Known("limit", "limit", "obj")),  # before 4.0
    ("flask_cors.decorator", "cross_origin", Known("cross_origin", "cross_origin", "f")),
    ("flask.views", "View.as_view", Known("view", "as_view", "")),
    ("flask_login.utils", "login_required", Known("login", "login_required", "func", "required")),
    ("flask_login.utils", "fresh_login_required", Known("login", "fresh_login_required", "func", "fresh")),
    ("flask_httpauth", "HTTPAuth.login_required", Known("httpauth", "login_required", "f", "required")),
    ("flask_httpauth", "MultiAuth.login_required", Known("httpauth", "login_required", "f", "required")),
    ("flask_principal", "IdentityContext.__call__", Known("principal", "require", "f", "required")),
    ("flask_restful", "Api.output", Known("own", "flask_restful.Api.output", "resource")),
    ("flask_security.decorators", "anonymous_user_required", Known("own", "anonymous_user_required", "f")),
    ("flask_security.decorators", "unauth_csrf", Known("own", "unauth_csrf", "fn")),
    *(
        ("flask_security.decorators", name, Known("security", name, cell, "required"))
        for name, cell in (
            ("auth_required", "fn"),
            ("auth_token_required", "fn"),
            ("http_auth_required", "fn"),
            ("roles_required", "fn"),
            ("roles_accepted", "fn"),
            ("permissions_required", "fn"),
            ("permissions_accepted", "fn"),
        )
    ),
)


@dataclass(frozen=True)
class Table:
    """What the loaded libraries make.

    Args:
        wrappers: code of a function that stands around a view.
        decorators: code of what is called with the view, for those that are not called yet.
    """

    wrappers: dict[types.CodeType, Known]
    decorators: dict[types.CodeType, Known]


def table() -> Table:
    """Return the code objects of the decorators of those libraries that are loaded."""
    wrappers: dict[types.CodeType, Known] = {}
    decorators: dict[types.CodeType, Known] = {}
    for module, path, known in _DECORATORS:
        function = _attribute(module, path)
        if function is not None:
            decorators[function.__code__] = known
            for code in inner_codes(function.__code__):
                wraps = known.cell in code.co_freevars or (known.kind == "view" and code.co_name == "view")
                (wrappers if wraps else decorators)[code] = known
    return Table(wrappers, decorators)


@functools.lru_cache(maxsize=4096)
def code_of_all(code: types.CodeType) -> tuple[types.CodeType, ...]:
    """Return a code object and those of the functions that are defined in it."""
    return (code, *inner_codes(code))


def inner_codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """Yield the code of every function that is defined in a code object, at any depth."""
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from inner_codes(constant)


def cells(function: types.FunctionType) -> dict[str, Any]:
    """Return what a function has of the functions around it, by name; variables that are not set are left out."""
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            continue
    return found


def qualified(value: object) -> str:
    """Return the name of a function or object as ``module.qualname``, without running code of its own."""
    while type(value) is functools.partial:
        value = value.func
    if type(value) is types.MethodType:
        value = value.__func__
    if type(value) in {types.FunctionType, types.BuiltinFunctionType}:
        return f"{value.__module__}.{value.__qualname__}"  # type: ignore[attr-defined]  # its type is compared
    kind: type = value if issubclass(type(value), type) else type(value)  # type: ignore[assignment]  # it is a type
    return f"{kind.__module__}.{kind.__qualname__}"


def decorator_name(function: types.FunctionType) -> str:
    """Return the name of the decorator that made a wrapper: ``shop.auth.admin_required``.

    It is told from the code: what `functools.wraps` writes over the name is the view's. For a `ContextDecorator` it is
    the name of its class.
    """
    if function.__globals__.get("__name__") == "contextlib" and "self" in function.__code__.co_freevars:
        return qualified(type(cells(function).get("self")))
    code = function.__code__
    name = str(getattr(code, "co_qualname", code.co_name))
    outer = name.split(".<locals>", 1)[0]
    return f"{function.__globals__.get('__name__', '')}.{outer}"


def _attribute(module: str, path: str) -> types.FunctionType | None:
    holder: Any = sys.modules.get(module)
    for name in path.split("."):
        if holder is None:
            return None
        holder = lookup(holder, name) if isinstance(holder, type) else vars(holder).get(name)
        if isinstance(holder, staticmethod | classmethod):
            holder = holder.__func__
    return holder if type(holder) is types.FunctionType else None
