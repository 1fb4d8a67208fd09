"""Conditions in code, decided for one route as far as they can be: ``request.endpoint in PUBLIC``.

Names are resolved in the live app, so that an allowlist is the one that is in force. Nothing is called but
methods of plain strings and dictionaries.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from keck.live.references import Reference

_PLAIN = frozenset({str, bytes, int, float, bool, type(None), tuple, list, set, frozenset, dict})
_TEXT = frozenset({"startswith", "endswith", "lower", "upper", "strip", "rstrip", "lstrip", "split", "partition"})
_ARGUMENT = re.compile(r"<(?:[^<>]*:)?(\w+)>")


class Unknown(Exception):  # noqa: N818 - it is no error
    """A value that cannot be told without running the app."""


_TROUBLE = (Unknown, TypeError, ValueError, LookupError, AttributeError, RecursionError)


@dataclass
class Situation:
    """The request that is thought of.

    Args:
        app: that it is sent to.
        endpoint: of the route.
        method: of the route.
        rule: of the route.
        asked: whether any of it has been asked for; what does not depend on it holds for every request.
    """

    app: Any
    endpoint: str
    method: str
    rule: str
    asked: bool = False

    @property
    def fixed(self) -> str:
        """The part of the path before its first argument."""
        return self.rule.partition("<")[0]

    @property
    def exact(self) -> bool:
        """Whether the path is known in full."""
        return "<" not in self.rule


class _Path:
    """The path of a request as far as it is known: its first part."""

    def __init__(self, fixed: str) -> None:
        self.fixed = fixed


@dataclass(frozen=True)
class _Later:
    """What a local variable is set to, where that depends on the request."""

    node: ast.expr
    local: dict[str, Any]


Resolve = Callable[[ast.expr], Reference]


@dataclass
class Conditions:
    """Decides expressions of one function.

    Args:
        situation: the request.
        resolve: looks a name up in the live app.
        local: values of local variables, as far as they are known.
        parameters: of a `url_value_preprocessor`, those that hold the endpoint and the arguments of the route.
    """

    situation: Situation
    resolve: Resolve
    local: dict[str, Any]
    parameters: tuple[str, str] = ("", "")

    def truth(self, node: ast.expr) -> bool | None:
        """Return whether an expression is true, or None where that cannot be told."""
        if isinstance(node, ast.BoolOp):
            parts = [self.truth(one) for one in node.values]
            decisive = isinstance(node.op, ast.Or)
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.truth(node.operand)
            return None if inner is None else not inner
        try:
            value = self.value(node)
        except _TROUBLE:
            return None
        return None if isinstance(value, _Path) else bool(value)

    def tell(self, node: ast.expr) -> Any:  # noqa: ANN401 - any value
        """Return what an expression evaluates to, or None where that cannot be told."""
        try:
            return self.value(node)
        except _TROUBLE:
            return None

    def value(self, node: ast.expr) -> Any:  # noqa: ANN401 - any value
        """Return what an expression evaluates to.

        Raises:
            Unknown: that cannot be told.
        """
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            return [self.value(one) for one in node.elts]
        if isinstance(node, ast.Name | ast.Attribute):
            return self._name(node)
        if isinstance(node, ast.Compare):
            return self._compare(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Subscript):
            return _plain(self._container(node.value)[self.value(node.slice)])
        if isinstance(node, ast.BoolOp):
            return self._first(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return not self.value(node.operand)
        raise Unknown

    def _first(self, node: ast.BoolOp) -> Any:  # noqa: ANN401 - any value
        """Return the operand that decides: ``request.endpoint or ""``."""
        value = None
        for one in node.values:
            value = self.value(one)
            if bool(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _name(self, node: ast.Name | ast.Attribute) -> Any:  # noqa: ANN401 - any value
        if isinstance(node, ast.Name) and node.id in self.local:
            return self._held(node.id)
        if isinstance(node, ast.Name) and node.id == self.parameters[0]:
            return self._request("endpoint")
        found = self.resolve(node)
        if found.name.startswith("request.") and not found.rest:
            return self._request(found.name.partition(".")[2])
        if found.name == "request.url_rule" and found.rest == ("rule",):
            self.situation.asked = True
            return self.situation.rule
        if found.name == "current_app" or found.value is self.situation.app:
            if len(found.rest) == 1 and found.rest[0] in {"debug", "testing"}:
                return bool(getattr(self.situation.app, found.rest[0]))
            raise Unknown
        if found.rest or found.name or found.value is None:
            raise Unknown
        return _plain(found.value)

    def keep(self, name: str, node: ast.expr) -> None:
        """Note what a local variable is set to, if that can be told."""
        held, self.situation.asked = self.situation.asked, False
        for read in (self.value, self.view):
            try:
                value = read(node)
            except _TROUBLE:
                continue
            self.local[name] = _Later(node, dict(self.local)) if self.situation.asked else value
            break
        else:
            if self.situation.asked:
                self.local[name] = _Later(node, dict(self.local))
        self.situation.asked |= held

    def _held(self, name: str) -> Any:  # noqa: ANN401 - any value
        value = self.local[name]
        if not isinstance(value, _Later):
            return value
        inside = replace(self, local=value.local)
        try:
            return inside.value(value.node)
        except Unknown:
            return inside.view(value.node)

    def _request(self, name: str) -> Any:  # noqa: ANN401 - any value
        situation = self.situation
        situation.asked = True
        if name == "method":
            return situation.method
        if name == "endpoint":
            return situation.endpoint
        if name == "blueprint":
            return situation.endpoint.rpartition(".")[0] or None
        if name == "path":
            return situation.rule if situation.exact else _Path(situation.fixed)
        raise Unknown

    def _container(self, node: ast.expr) -> Any:  # noqa: ANN401 - a mapping or a sequence
        if isinstance(node, ast.Attribute) and node.attr in {"config", "view_functions"}:
            found = self.resolve(node.value)
            if found.name == "current_app" or found.value is self.situation.app:
                return getattr(self.situation.app, node.attr)
        if isinstance(node, ast.Attribute | ast.Name):
            found = self.resolve(node)
            if found.value is self.situation.app.config:
                return found.value
        return self.value(node)

    def _compare(self, node: ast.Compare) -> bool:
        if len(node.ops) != 1:
            raise Unknown
        if self._is_values(node.comparators[0]) and isinstance(node.ops[0], ast.In | ast.NotIn):
            return self._is_argument(node.left) is isinstance(node.ops[0], ast.In)
        left, right, how = self.value(node.left), self.value(node.comparators[0]), node.ops[0]
        if isinstance(left, _Path) or isinstance(right, _Path):
            return _compare_path(left, right, how)
        if isinstance(how, ast.Eq | ast.Is):
            return bool(left == right)
        if isinstance(how, ast.NotEq | ast.IsNot):
            return bool(left != right)
        if isinstance(how, ast.In):
            return left in right
        if isinstance(how, ast.NotIn):
            return left not in right
        raise Unknown

    def _call(self, node: ast.Call) -> Any:  # noqa: ANN401 - any value
        if isinstance(node.func, ast.Name):
            return self._built_in(node, node.func.id)
        if not isinstance(node.func, ast.Attribute) or node.keywords:
            raise Unknown
        name = node.func.attr
        if self._is_values(node.func.value) and name in {"get", "pop"} and node.args:
            if self._is_argument(node.args[0]):
                raise Unknown
            return self.value(node.args[1]) if len(node.args) > 1 else None
        holder = self._container(node.func.value)
        arguments = [self.value(one) for one in node.args]
        if isinstance(holder, _Path) and name == "startswith" and len(arguments) == 1:
            prefixes = arguments[0] if isinstance(arguments[0], list | tuple) else [arguments[0]]
            return _starts(holder, prefixes)
        if isinstance(holder, str) and name in _TEXT:
            arguments = [tuple(one) if isinstance(one, list) else one for one in arguments]
            return getattr(str(holder), name)(*arguments)
        if isinstance(holder, Mapping) and name == "get":
            return _plain(holder.get(*arguments))
        raise Unknown

    def _is_values(self, node: ast.expr) -> bool:
        return bool(self.parameters[1]) and isinstance(node, ast.Name) and node.id == self.parameters[1]

    def _is_argument(self, node: ast.expr) -> bool:
        """Return whether the rule has an argument of that name."""
        self.situation.asked = True
        return self.value(node) in _ARGUMENT.findall(self.situation.rule)

    def _built_in(self, node: ast.Call, name: str) -> Any:  # noqa: ANN401 - any value
        if self.resolve(node.func).value is not None or node.keywords:
            raise Unknown
        if name in {"any", "all"} and len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            return self._each(node.args[0], decisive=name == "any")
        if name == "getattr" and len(node.args) == 3 and isinstance(node.args[1], ast.Constant):
            found = self._view(node.args[0])
            key = str(node.args[1].value)
            for one in _wrapped(found):
                if key in one:
                    return _plain(one[key])
            return self.value(node.args[2])
        if name in {"str", "bool", "len", "set", "tuple", "list"} and len(node.args) == 1:
            function: Any = {"str": str, "bool": bool, "len": len, "set": set, "tuple": tuple, "list": list}[name]
            return function(self.value(node.args[0]))
        raise Unknown

    def _view(self, node: ast.expr) -> Any:  # noqa: ANN401 - a view function
        """Return the view of the request: ``current_app.view_functions[request.endpoint]``."""
        if isinstance(node, ast.Name) and node.id in self.local:
            return self._held(node.id)
        if isinstance(node, ast.Subscript):
            return self._container(node.value)[self.value(node.slice)]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            return self._container(node.func.value).get(self.value(node.args[0]))
        raise Unknown

    def view(self, node: ast.expr) -> Any:  # noqa: ANN401 - a view function
        """Return the view that an expression stands for.

        Raises:
            Unknown: it stands for something else.
        """
        try:
            found = self._view(node)
        except _TROUBLE as error:
            raise Unknown from error
        if not callable(found):
            raise Unknown
        return found

    def _each(self, node: ast.GeneratorExp, *, decisive: bool) -> bool:
        (loop, *more) = node.generators
        if more or loop.ifs or not isinstance(loop.target, ast.Name):
            raise Unknown
        answers: list[bool | None] = []
        for one in self.value(loop.iter):
            inside = Conditions(self.situation, self.resolve, {**self.local, loop.target.id: one})
            answers.append(inside.truth(node.elt))
        if decisive in answers:
            return decisive
        if None in answers:
            raise Unknown
        return not decisive


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value
    if type(value) in _PLAIN:
        return value
    raise Unknown


def _wrapped(view: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a view function
    found: list[dict[str, Any]] = []
    while isinstance(held := getattr(view, "__dict__", None), dict) and not any(held is one for one in found):
        found.append(held)
        view = held.get("__wrapped__")
    return found


def _compare_path(left: Any, right: Any, how: ast.cmpop) -> bool:  # noqa: ANN401 - any value
    """Return how a path whose first part alone is known compares, where that part decides."""
    path, other = (left, right) if isinstance(left, _Path) else (right, left)
    every = other if isinstance(how, ast.In | ast.NotIn) and path is left else [other]
    if any(isinstance(one, str) and one.startswith(path.fixed) for one in every):
        raise Unknown
    if isinstance(how, ast.Eq | ast.In):
        return False
    if isinstance(how, ast.NotEq | ast.NotIn):
        return True
    raise Unknown


def _starts(path: _Path, prefixes: Any) -> bool:  # noqa: ANN401 - a sequence of strings
    if any(path.fixed.startswith(one) for one in prefixes):
        return True
    if any(one.startswith(path.fixed) for one in prefixes):
        raise Unknown
    return False
