"""What code refers to: the names in a function, resolved in the live app to what they are."""

from __future__ import annotations

import ast
import dis
import functools
import importlib.util
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from keck.live.spots import definition, is_library, lookup, plain
from keck.live.wrappers import cells, code_of_all

_METHODS = frozenset({types.FunctionType, staticmethod, classmethod})
_DEPTH = 4
_IMPORT = dis.opmap["IMPORT_NAME"]
_FROM = {
    "flask_jwt_extended": (
        "get_jwt_identity",
        "get_jwt",
        "get_jwt_header",
        "get_current_user",
        "current_user",
        "verify_jwt_in_request",
        "create_access_token",
        "create_refresh_token",
        "set_access_cookies",
        "set_refresh_cookies",
        "unset_jwt_cookies",
        "unset_access_cookies",
        "unset_refresh_cookies",
        "decode_token",
        "get_csrf_token",
    ),
    "flask_login": ("current_user", "login_user", "logout_user", "login_fresh"),
    "werkzeug.security": ("check_password_hash", "generate_password_hash"),
    "flask": ("session", "g", "request", "abort", "current_app", "redirect"),
    "werkzeug.exceptions": ("abort",),
    "flask_restful": ("abort",),
    "flask_smorest": ("abort",),
    "apiflask": ("abort",),
}
_REQUEST = frozenset(
    [
        "args",
        "headers",
        "cookies",
        "form",
        "json",
        "get_json",
        "files",
        "authorization",
        "values",
        "data",
        "get_data",
        "remote_addr",
        "endpoint",
        "path",
        "method",
        "blueprint",
        "url_rule",
        "view_args",
        "is_json",
        "url",
        "access_route",
        "host",
        "accept_languages",
    ]
)
_OBJECTS = {
    ("flask_mail", "Mail"): {"send": "mail.send", "send_message": "mail.send", "connect": "mail.send"},
    ("flask_mail", "_Mail"): {"send": "mail.send", "send_message": "mail.send"},
    ("flask_httpauth", "HTTPAuth"): {"current_user": "current_user", "username": "current_user"},
    ("flask_httpauth", "MultiAuth"): {"current_user": "current_user"},
    ("flask_caching", "Cache"): {
        name: f"cache.{name}"
        for name in ("get", "set", "add", "delete", "delete_many", "clear", "delete_memoized", "get_many", "set_many")
    },
}


@dataclass(frozen=True)
class Reference:
    """One dotted name in code, as far as it could be resolved.

    Args:
        text: as it is written: ``request.headers.get``.
        name: by which it is known: ``request.headers``; empty for what is not.
        value: what the longest part that exists stands for.
        rest: the attributes that remain after `value`.
    """

    text: str
    name: str = ""
    value: Any = None
    rest: tuple[str, ...] = ()


@dataclass
class References:
    """Looks up what functions refer to; each function once."""

    _known: dict[int, str] = field(default_factory=dict)
    _direct: dict[types.FunctionType, tuple[Reference, ...]] = field(default_factory=dict)
    _reads: dict[tuple[types.FunctionType, int], frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for module, names in _FROM.items():
            held = vars(sys.modules[module]) if module in sys.modules else {}
            self._known.update({id(held[name]): name for name in names if name in held})

    def reads(self, function: object) -> tuple[str, ...]:
        """Return the known names that a function or a helper of the project that it calls refers to, sorted."""
        found = plain(function)
        return () if found is None else tuple(sorted(self._of(found, _DEPTH)))

    def direct(self, function: types.FunctionType) -> tuple[Reference, ...]:
        """Return what the code of a function itself refers to."""
        found = self._direct.get(function)
        if found is None:
            found = self._direct[function] = tuple(self._look(function))
        return found

    def resolve(self, node: ast.expr, function: types.FunctionType) -> Reference:
        """Return what a name or a dotted name in the code of a function stands for."""
        text = dotted(node)
        return self._resolve(text, function, _imports(function.__code__, _package(function))) if text else Reference("")

    def _of(self, function: types.FunctionType, depth: int) -> frozenset[str]:
        key = (function, depth)
        if key in self._reads:
            return self._reads[key]
        self._reads[key] = frozenset()
        found: set[str] = set()
        for one in self.direct(function):
            if one.name:
                found.add(one.name)
            elif depth and (helper := called(one)) is not None and helper is not function:
                found |= self._of(helper, depth - 1)
        self._reads[key] = frozenset(found)
        return self._reads[key]

    def _look(self, function: types.FunctionType) -> Iterator[Reference]:
        code = function.__code__
        imports = _imports(code, _package(function))
        for text in _names(code):
            yield self._resolve(text, function, imports)

    def _resolve(self, text: str, function: types.FunctionType, imports: dict[str, Any]) -> Reference:
        root, *rest = text.split(".")
        if root in imports:
            value = imports[root]
        elif root in function.__code__.co_freevars:
            held = cells(function)
            if root not in held:
                return Reference(text)
            value = held[root]
        elif root in function.__code__.co_varnames or root in function.__code__.co_cellvars:
            return Reference(text)
        elif root in function.__globals__:
            value = function.__globals__[root]
        else:
            return Reference(text)
        return self._walk(text, value, rest)

    def _walk(self, text: str, value: Any, rest: list[str]) -> Reference:  # noqa: ANN401 - any value
        while True:
            name = self._known.get(id(value), "")
            if name == "request":
                if rest and rest[0] in _REQUEST:
                    field_name = {"get_json": "json", "get_data": "data"}.get(rest[0], rest[0])
                    return Reference(text, f"request.{field_name}", value, tuple(rest[1:]))
                return Reference(text, "request", value, tuple(rest))
            if name or not rest:
                return Reference(text, name, value, tuple(rest))
            by_class = _by_class(value)
            if rest[0] in by_class:
                return Reference(text, by_class[rest[0]], value, tuple(rest))
            inner = _attribute(value, rest[0])
            if inner is None:
                return Reference(text, "", value, tuple(rest))
            value, rest = inner, rest[1:]


def called(reference: Reference) -> types.FunctionType | None:
    """Return the function of the project that a reference leads to, or None."""
    if reference.rest or reference.value is None or issubclass(type(reference.value), type):
        return None
    if type(reference.value) not in {types.FunctionType, types.MethodType, staticmethod, classmethod}:
        return None
    function = plain(reference.value)
    if function is None or is_library(function.__code__.co_filename):
        return _wrapped(reference.value)
    return function


def _package(function: types.FunctionType) -> str:
    return str(function.__globals__.get("__package__") or "")


def dotted(node: ast.expr) -> str:
    """Return a name or dotted name as text; empty for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join((node.id, *reversed(parts)))


def _wrapped(value: object) -> types.FunctionType | None:
    """Return the function of the project inside a wrapper of a library, such as a memoized helper."""
    while type(value) is types.FunctionType and is_library(value.__code__.co_filename):
        value = vars(value).get("__wrapped__")
    return value if type(value) is types.FunctionType else None


def _by_class(value: Any) -> dict[str, str]:  # noqa: ANN401 - any value
    for base in type(value).__mro__:
        found = _OBJECTS.get((base.__module__, base.__name__))
        if found is not None:
            return found
    return {}


def _attribute(value: Any, name: str) -> Any:  # noqa: ANN401 - any value
    """Return an attribute of a module, a class or an object without running code of its own; None if there is none."""
    kind = type(value)
    if kind is types.ModuleType:
        return vars(value).get(name)
    if issubclass(kind, type):
        return lookup(value, name)
    if any(base.__module__ == "werkzeug.local" for base in kind.__mro__):
        return None
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        held = {}
    if name in held:
        return held[name]
    found = lookup(kind, name)
    computed = lookup(type(found), "__get__") is not None
    return None if computed and type(found) not in _METHODS else found


@functools.lru_cache(maxsize=8192)
def _names(code: types.CodeType) -> tuple[str, ...]:
    """Return every name and dotted name in the code of a function, from its source, else from its code object."""
    node = definition(code) if not is_library(code.co_filename) else None
    if node is not None:
        return tuple(dict.fromkeys(_dotted_in(node)))
    found: dict[str, None] = {}
    for each in code_of_all(code):
        for name in (*each.co_names, *each.co_freevars):
            further = [f"{name}.{other}" for other in each.co_names] if name in {"request", "mail"} else [name]
            found.update(dict.fromkeys(further))
    return tuple(found)


def _dotted_in(node: ast.AST) -> Iterator[str]:
    body = node.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else [node]
    waiting: list[ast.AST] = list(body)
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Attribute | ast.Name):
            text = dotted(one)
            if text:
                yield text
                continue
        waiting.extend(ast.iter_child_nodes(one))


@functools.lru_cache(maxsize=8192)
def _imports(code: types.CodeType, package: str) -> dict[str, Any]:
    """Return what a function imports inside itself, by the name it has there, if it is loaded."""
    if not any(_IMPORT in each.co_code[::2] for each in code_of_all(code)):
        return {}
    node = definition(code)
    if node is None:
        return {}
    found: dict[str, Any] = {}
    for one in ast.walk(node):
        if isinstance(one, ast.ImportFrom):
            name = "." * one.level + (one.module or "")
            try:
                name = importlib.util.resolve_name(name, package)
            except ImportError:
                continue
            held = vars(sys.modules[name]) if name in sys.modules else {}
            found.update({each.asname or each.name: held[each.name] for each in one.names if each.name in held})
        elif isinstance(one, ast.Import):
            for each in one.names:
                name = each.asname or each.name.partition(".")[0]
                module = each.name if each.asname else name
                if module in sys.modules:
                    found[name] = sys.modules[module]
    return found
