"""Endpoints in Python: ``url_for("login")``, ``login_view``, comparisons with ``request.endpoint``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from keck.factory.draft import Draft
from keck.factory.jinja import retold
from keck.factory.refusal import Refusal

VIEW_KEYS = re.compile(r"(?i).*_(?:view|endpoint)s?")
HOLDERS = frozenset({"flask", "app", "current_app", "application", "_app", "flask_app"})
LOGGING = frozenset(
    {"print", "debug", "info", "warning", "error", "exception", "critical", "log", "str", "repr", "format"}
)


class Endpoints:
    """What a module says of endpoints.

    Args:
        draft: the module.
        names: new names by old ones.
        groups: the names of the new blueprints.
    """

    def __init__(self, draft: Draft, names: Mapping[str, str], groups: frozenset[str]) -> None:
        self.draft = draft
        self.names = names
        self.groups = groups

    def retell(self) -> None:
        """Give every endpoint its new name.

        Raises:
            Refusal: an endpoint is computed, or its name is looked at in a way that is not known.
        """
        for node in ast.walk(self.draft.tree):
            if isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                self._attribute(node)
            elif isinstance(node, ast.Assign):
                self._assigned(node)
            elif isinstance(node, ast.Dict):
                self._table(node)
            elif (
                isinstance(node, ast.keyword) and node.arg and VIEW_KEYS.fullmatch(node.arg) and node.arg != "endpoint"
            ):
                self._literals(node.value)
            elif isinstance(node, ast.Subscript) and _named(node.value) == "view_functions":
                self._literals(node.slice)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                self._text(node)

    def _refuse(self, node: ast.expr, why: str) -> Refusal:
        return Refusal(self.draft.path, node.lineno, why)

    # calls

    def _call(self, node: ast.Call) -> None:
        name = _named(node.func)
        if name == "url_for" and _is_flasks(node.func):
            given = (
                node.args[0] if node.args else next((one.value for one in node.keywords if one.arg == "endpoint"), None)
            )
            if given is not None:
                self._target(given)
        elif name in {"build", "iter_rules"} and node.args and "url_map" in ast.unparse(node.func):
            self._literals(node.args[0])

    def _target(self, node: ast.expr) -> None:
        """Give the first argument of ``url_for`` its new name; branches of a condition one by one."""
        if isinstance(node, ast.Constant):
            self._rename(node, relative=True)
        elif isinstance(node, ast.IfExp):
            self._target(node.body)
            self._target(node.orelse)
        elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            for one in node.values:
                self._target(one)
        elif not (isinstance(node, ast.Attribute) and node.attr == "endpoint"):
            raise self._refuse(node, "`url_for()` is given a name that is computed")

    # the request

    def _attribute(self, node: ast.Attribute) -> None:
        if _is_endpoint(node):
            self._endpoint(node)
        elif node.attr in {"blueprint", "blueprints"} and _named(node.value) == "request":
            parent = self.draft.parents[node]
            literals = _compared(parent, node)
            if literals is None or any(isinstance(one.value, str) and one.value in self.groups for one in literals):
                raise self._refuse(node, "`request.blueprint` is asked, which the views have only now")
            if any(one.value is None for one in literals):
                raise self._refuse(node, "`request.blueprint` is asked, which the views have only now")

    def _endpoint(self, node: ast.Attribute) -> None:
        parent = self.draft.parents[node]
        literals = _compared(parent, node)
        if literals is not None:
            for one in literals:
                self._rename(one)
            return
        if isinstance(parent, ast.Compare):
            others = [one for one in (parent.left, *parent.comparators) if one is not node]
            found = [self._display(one) for one in others]
            if all(found):
                for display in filter(None, found):
                    self._literals(display)
                return
        if isinstance(parent, ast.BoolOp | ast.UnaryOp | ast.If | ast.IfExp | ast.FormattedValue):
            return
        if isinstance(parent, ast.Subscript) and _named(parent.value) == "view_functions":
            return
        if isinstance(parent, ast.Call) and _named(parent.func) in LOGGING | {"url_for"}:
            return
        if isinstance(parent, ast.Call) and "view_functions" in ast.unparse(parent.func):
            return
        raise self._refuse(node, f"`{ast.unparse(node)}` is used in a way that is not known")

    def _display(self, node: ast.expr) -> ast.expr | None:
        """Return the list, tuple or set that a name stands for, where that is assigned once."""
        if not isinstance(node, ast.Name):
            return None
        found = [
            one.value
            for one in ast.walk(self.draft.tree)
            if isinstance(one, ast.Assign)
            and any(isinstance(each, ast.Name) and each.id == node.id for each in one.targets)
        ]
        if len(found) != 1 or not isinstance(found[0], ast.List | ast.Tuple | ast.Set):
            return None
        return found[0] if all(isinstance(one, ast.Constant) for one in found[0].elts) else None

    # settings

    def _assigned(self, node: ast.Assign) -> None:
        """``login_manager.login_view = "login"``, ``app.config["LOGIN_VIEW"] = "login"``."""
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                key = target.slice.value if isinstance(target.slice, ast.Constant) else ""
            else:
                key = _named(target)
            if isinstance(key, str) and VIEW_KEYS.fullmatch(key):
                self._literals(node.value)

    def _table(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and VIEW_KEYS.fullmatch(key.value):
                self._literals(value)

    def _text(self, node: ast.Constant) -> None:
        """A template within a text."""
        if isinstance(node.value, str) and "url_for(" in node.value and "{" in node.value:
            parent = self.draft.parents[node]
            if isinstance(parent, ast.JoinedStr):
                raise self._refuse(node, "a template is put together with `url_for()` in it")
            old = self.draft.source(node)
            new = retold(old, self.draft.path, self.names, self.groups, node.lineno)
            if new != old:
                self.draft.replace(node, new)

    # names

    def _literals(self, node: ast.expr) -> None:
        for one in _constants(node):
            self._rename(one)

    def _rename(self, node: ast.Constant, *, relative: bool = False) -> None:
        name = node.value.removeprefix("." if relative else "") if isinstance(node.value, str) else ""
        if name in self.names:
            quote = self.draft.source(node)[-1]
            self.draft.replace(node, f"{quote}{self.names[name]}{quote}")


def _named(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_flasks(func: ast.expr) -> bool:
    """Whether a function called ``url_for`` is Flask's, or an app's."""
    return isinstance(func, ast.Name) or (isinstance(func, ast.Attribute) and _named(func.value) in HOLDERS)


def _is_endpoint(node: ast.Attribute) -> bool:
    return node.attr == "endpoint" and _named(node.value) in {"request", "url_rule", "rule"}


def _constants(node: ast.expr) -> Iterator[ast.Constant]:
    """Yield the literal, or those of a display."""
    if isinstance(node, ast.Constant):
        yield node
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        for one in node.elts:
            yield from _constants(one)
    elif isinstance(node, ast.Dict):
        for one in node.values:
            yield from _constants(one)


def _compared(parent: ast.AST, node: ast.expr) -> list[ast.Constant] | None:
    """Return the literals with which an expression is compared, None where it is compared with anything else."""
    if not isinstance(parent, ast.Compare):
        return None
    found: list[ast.Constant] = []
    for one in (parent.left, *parent.comparators):
        if one is node:
            continue
        literals = list(_constants(one))
        if not literals or any(isinstance(each, ast.Dict) for each in ast.walk(one)):
            return None
        if any(
            not isinstance(each, ast.Constant | ast.List | ast.Tuple | ast.Set | ast.expr_context)
            for each in ast.walk(one)
        ):
            return None
        found += literals
    return found
