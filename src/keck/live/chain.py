"""The chain of a view: every callable from the one that Flask calls to the innermost function.

What is followed is what is *called*, the closure of a wrapper, and not ``__wrapped__``: ``@wraps(view)``
above ``@jwt_required()`` makes that jump over the function in between, and with it over its check.
"""

from __future__ import annotations

import ast
import functools
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from keck.live.spots import definition, is_library, lookup, plain
from keck.live.wrappers import Known, Table, cells, decorator_name, qualified

NAMES = ("f", "fn", "func", "function", "view", "view_func", "wrapped", "handler", "method", "callback", "fun", "obj")
_THROUGH = frozenset({functools.partial, types.MethodType, staticmethod, classmethod})
_DEPTH = 40
_STARS = 0x04 | 0x08


@dataclass(frozen=True)
class Link:
    """One callable of a chain.

    Args:
        value: the object itself.
        function: the Python function that runs when it is called, if there is one.
        kind: as `Layer.kind`.
        name: as `Layer.name`.
        cells: what its closure holds, by name.
        known: the decorator that made it, where that is known.
        inner: the variable or attribute that holds what it wraps.
        applied: whether it has been called with the view; a decorator that its class applies with each request has not.
    """

    value: object
    function: types.FunctionType | None
    kind: str
    name: str
    cells: Mapping[str, Any] = field(default_factory=dict)
    known: Known | None = None
    inner: str = ""
    applied: bool = True


@dataclass(frozen=True)
class Chain:
    """The links of a view, outermost first, and why they could not be followed to the end, if so."""

    links: tuple[Link, ...]
    unseen: str = ""

    @property
    def innermost(self) -> Link:
        """The last link."""
        return self.links[-1]


def chain(view: object, known: Table) -> Chain:
    """Return the chain of a view function, up to the dispatch of a class if it leads to one."""
    links: list[Link] = []
    passed: set[int] = set()
    unseen = ""
    value: object = view
    while id(value) not in passed and len(links) < _DEPTH:
        passed.add(id(value))
        if type(value) in _THROUGH:
            value = value.func if type(value) is functools.partial else value.__func__  # type: ignore[attr-defined]
            continue
        function = plain(value)
        if function is None:
            wrapped = _vars(value).get("__wrapped__")
            if wrapped is not None:
                links.append(Link(value, None, "own", qualified(value)))
                value = wrapped
                continue
            links.append(Link(value, None, "body", qualified(value)))
            return Chain(tuple(links), f"`{qualified(value)}` is not written in Python")
        made = known.wrappers.get(function.__code__)
        if made is not None and made.kind == "view":
            links.append(Link(value, function, "view", _class_name(function, view), cells(function), made))
            return Chain(tuple(links))
        inner, where, unseen = _uncalled(function, known) or _step(value, function, made)
        if inner is None:
            links.append(Link(value, function, "body", qualified(value), cells(function)))
            return Chain(tuple(links), unseen)
        links.append(_link(value, function, made, where))
        value = inner
    return Chain(tuple(links), "its wrappers lead back to themselves")


def methods(view: Link, method: str, known: Table) -> Chain:
    """Return the chain from the dispatch of a class to the function of one HTTP method."""
    kind = view_class(view)
    if kind is None:
        return Chain((), "its class could not be found")
    dispatch = lookup(kind, "dispatch_request")
    found = None
    for name in (method.lower(), *(("get",) if method == "HEAD" else ())):
        found = found or lookup(kind, name)
    by_method = any(base.__module__ == "flask.views" and base.__name__ == "MethodView" for base in kind.__mro__)
    before = chain(dispatch, known)
    last = before.innermost.function
    own = last is not None and not is_library(last.__code__.co_filename)
    if not by_method or (own and not _delegates(last)):
        return before
    links = list(before.links[:-1])
    if own:
        links.append(Link(before.innermost.value, last, "own", before.innermost.name, before.innermost.cells))
    links += [_unapplied(one, known) for one in _method_decorators(kind, method)]
    if found is None:
        return Chain(tuple(links), f"`{kind.__qualname__}` has no method `{method.lower()}`")
    inner = chain(found, known)
    return Chain((*links, *inner.links), inner.unseen or _rewrapped(kind))


def view_class(view: Link) -> type | None:
    """Return the class that a `View.as_view()` dispatches to."""
    held = view.cells
    if "self" in held:
        return type(held["self"])
    for value in (held.get("view"), view.value):
        kind = _vars(value).get("view_class")
        if isinstance(kind, type):
            return kind
    return None


def _uncalled(function: types.FunctionType, known: Table) -> tuple[object, str, str] | None:
    """Return the view that `jwt_required` took for its first option, where it decorates without being called."""
    made = known.decorators.get(function.__code__)
    option = cells(function).get("optional") if made is not None and made.kind == "jwt" else None
    return (option, "optional", "") if type(option) is types.FunctionType else None


def _rewrapped(kind: type) -> str:
    """Return that the methods of a class may be others once it is made, where its `__init__` sets attributes by name."""
    for base in kind.__mro__:
        function = plain(vars(base).get("__init__"))
        if function is None or is_library(function.__code__.co_filename):
            continue
        if "setattr" in function.__code__.co_names:
            return f"`{base.__qualname__}.__init__` may wrap its methods"
    return ""


def _class_name(function: types.FunctionType, view: object) -> str:
    kind = view_class(Link(view, function, "view", "", cells(function)))
    return qualified(kind if kind is not None else function)


def _method_decorators(kind: type, method: str) -> tuple[object, ...]:
    """Return what flask-restful wraps around a method with each request, outermost first."""
    every = lookup(kind, "method_decorators")
    if isinstance(every, Mapping):
        every = every.get(method.lower(), ())
    return tuple(reversed(every)) if isinstance(every, list | tuple) else ()


def _unapplied(decorator: object, known: Table) -> Link:
    """Return the link that a decorator makes once it is called."""
    if any(
        base.__name__ in {"RouteLimit", "LimitDecorator"} and base.__module__.startswith("flask_limiter")
        for base in type(decorator).__mro__
    ):
        made = Known("limit", "limit", "")
        return Link(
            decorator, plain(decorator), "limit", qualified(decorator), {"self": decorator}, made, applied=False
        )
    function = plain(decorator)
    if function is None:
        return Link(decorator, None, "own", qualified(decorator), applied=False)
    held = cells(function)
    if type(decorator) is types.MethodType:
        held = {**held, "self": decorator.__self__}
    found = known.decorators.get(function.__code__)
    if found is not None and found.kind == "jwt" and not held:
        return Link(decorator, function, "own", _library_name(function, found), applied=False)  # it has not been called
    if found is not None:
        return Link(decorator, function, found.kind, _library_name(function, found), held, found, applied=False)
    return Link(decorator, function, "own", decorator_name(function), held, applied=False)


def _link(value: object, function: types.FunctionType, made: Known | None, where: str) -> Link:
    held = cells(function)
    if made is not None:
        return Link(value, function, made.kind, _library_name(function, made), held, made, where)
    if type(value) is types.FunctionType:
        return Link(value, function, "own", decorator_name(function), held, None, where)
    return Link(value, function, "own", qualified(value), held, None, where)


def _library_name(function: types.FunctionType, made: Known) -> str:
    if "." in made.name:
        return made.name
    module = str(function.__globals__.get("__name__", ""))
    return f"{module.partition('.')[0]}.{made.name}"


def _delegates(function: types.FunctionType | None) -> bool:
    """Return whether a `dispatch_request` of the project hands on to the method of the request."""
    names = () if function is None else function.__code__.co_names
    return "super" in names or "getattr" in names or "dispatch_request" in names


def _step(value: object, function: types.FunctionType, made: Known | None) -> tuple[object | None, str, str]:
    """Return what a callable wraps, the name that holds it, and why that could not be told."""
    kind = type(value)
    held = _attributes(value) if kind is not types.FunctionType else cells(function)
    wrapped = _vars(value).get("__wrapped__")
    if made is not None and made.cell in held:
        return held[made.cell], made.cell, ""
    callables = {name: one for name, one in held.items() if name != "__wrapped__" and is_callable(one)}
    if wrapped is None:
        if kind is types.FunctionType and not _wraps(function, callables):
            return None, "", ""
        return _choose(function, callables)
    leading = [name for name, one in callables.items() if _leads(one, wrapped)]
    if len(leading) == 1:
        return callables[leading[0]], leading[0], ""
    called = [name for name in leading if name in _called(function)]
    if len(called) == 1:
        return callables[called[0]], called[0], ""
    for name, one in held.items():
        inside = [each for each in _attributes(one).values() if is_callable(each) and _leads(each, wrapped)]
        if not leading and inside and type(one) is not types.FunctionType:
            return inside[0], name, ""
    if not leading and callables and kind is types.FunctionType:
        inner, where, _ = _choose(function, callables)
        if inner is not None and where in NAMES:
            return inner, where, ""
    return wrapped, "__wrapped__", ""


def _choose(function: types.FunctionType, callables: dict[str, Any]) -> tuple[object | None, str, str]:
    """Return which of several functions that a wrapper knows is the one that it stands around."""
    if not callables:
        return None, "", ""
    if len(callables) == 1:
        ((name, one),) = callables.items()
        return one, name, ""
    called = [name for name in _called(function) if name in callables]
    for name in (*(called if len(called) == 1 else ()), *NAMES):
        if name in callables:
            return callables[name], name, ""
    names = ", ".join(f"`{name}`" for name in sorted(callables))
    return None, "", f"`{decorator_name(function)}` knows {names}, and which of them is the view cannot be told"


def _wraps(function: types.FunctionType, callables: dict[str, Any]) -> bool:
    """Return whether a function without ``__wrapped__`` stands around another, and does not only use helpers."""
    if not callables:
        return False
    code = function.__code__
    if function.__name__ != code.co_name:
        return True
    if code.co_flags & _STARS == _STARS:
        return True
    return any(name in NAMES and name in _called(function) for name in callables)


def _called(function: types.FunctionType) -> tuple[str, ...]:
    """Return the variables of the functions around it that a function calls with its own parameters."""
    code = function.__code__
    node = definition(code)
    if node is None:
        return ()
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)
    own = set(code.co_varnames[:count])
    found: dict[str, None] = {}
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and (name := _callee(call)) in code.co_freevars and _passed(call) >= own:
            found[name] = None
    return tuple(found)


def _callee(call: ast.Call) -> str:
    """Return the variable that is called: ``f(...)``, or ``current_app.ensure_sync(f)(...)``."""
    function = call.func
    if isinstance(function, ast.Call) and function.args and getattr(function.func, "attr", "") == "ensure_sync":
        function = function.args[0]
    return function.id if isinstance(function, ast.Name) else ""


def _passed(call: ast.Call) -> set[str]:
    values = [*(one.value if isinstance(one, ast.Starred) else one for one in call.args)]
    values += [each.value for each in call.keywords]
    return {one.id for one in values if isinstance(one, ast.Name)}


def _leads(value: object, wrapped: object) -> bool:
    """Return whether `wrapped` is a function or one of those that stand inside it."""
    passed: list[object] = []
    waiting: list[object] = [value]
    while waiting and len(passed) < _DEPTH:
        one = waiting.pop()
        if one is wrapped:
            return True
        if any(one is each for each in passed):
            continue
        passed.append(one)
        if type(one) is types.MethodType:
            waiting.append(one.__func__)
        waiting += [each for each in _attributes(one).values() if is_callable(each)]
        if type(one) is types.FunctionType:
            waiting += [each for each in cells(one).values() if is_callable(each)]
    return False


def is_callable(value: object) -> bool:
    """Return whether a value may be a view or a wrapper of one; classes, apps, proxies and mocks are not."""
    kind = type(value)
    if kind is types.FunctionType or kind is types.MethodType or kind is functools.partial:
        return True
    if issubclass(kind, type) or any(
        base.__module__ in {"werkzeug.local", "unittest.mock", "flask.sansio.scaffold"} for base in kind.__mro__
    ):
        return False
    return lookup(kind, "__call__") is not None


def _vars(value: object) -> dict[str, Any]:
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return found if isinstance(found, dict) else {}


def _attributes(value: object) -> dict[str, Any]:
    """Return what an object holds, in its dictionary and in its slots, without running code of its own."""
    found = dict(_vars(value))
    for base in type(value).__mro__:
        for name, member in vars(base).items():
            if type(member) is types.MemberDescriptorType and base.__module__ != "builtins":
                try:
                    found.setdefault(name, member.__get__(value, type(value)))
                except AttributeError:
                    continue
    return found
