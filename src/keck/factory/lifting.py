"""Config values that a definition needs while it is read: taken from where the config has them, or asked for later."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from keck.factory.page import Statement
from keck.factory.plan import Plan
from keck.factory.swap import Swap
from keck.factory.uses import Use, dotted

LATER = {"limit": (0, "limit_value"), "shared_limit": (0, "limit_value")}
"""Calls that take a function for a value, by name: the position and the name of the argument."""
COLUMNS = frozenset({"Column", "mapped_column"})
DEFAULTS = frozenset({"default", "onupdate", "insert_default"})


@dataclass(frozen=True)
class Lift:
    """How a definition gets a config value.

    Attributes:
        node: the expression that reads it.
        code: what it becomes.
        source: the statement that sets the value, where that becomes a constant.
        name: of the constant.
    """

    node: cst.BaseExpression
    code: str
    source: Statement | None = None
    name: str = ""


def lift(plan: Plan, use: Use) -> Lift | None:
    """Return how a definition can have the config value that it reads while the module is imported, or None."""
    page = plan.page
    node = page.parents.get(use.node)
    if not isinstance(node, cst.Subscript) or node.value is not use.node or use.dotted.split(".")[-1:] != ["config"]:
        return None
    key = _key(node)
    if key is None:
        return None
    if plan.is_home:
        written = [one for one in page.statements if key in _written(plan, one)]
        if len(written) == 1 and _is_plain(plan, written[0]):
            name = page.free(key if key.isidentifier() else "VALUE", f"{key}_VALUE")
            for each in plan.lifts.values():
                if each.source is written[0]:
                    name = each.name
            return Lift(node, name, written[0], name)
        if not written:
            holder = _holder(plan, key)
            if holder:
                return Lift(node, f"{holder}.{key}")
    if _takes_functions(plan, node):
        return Lift(node, f"lambda: current_app.config[{_text(node)}]")
    return None


def put(plan: Plan, swap: Swap) -> None:
    """Write what has been found into a page's changes."""
    for one in plan.lifts.values():
        swap.put(one.node, cst.parse_expression(one.code))


def _key(node: cst.Subscript) -> str | None:
    index = node.slice[0].slice if len(node.slice) == 1 else None
    value = index.value if isinstance(index, cst.Index) else None
    found = value.evaluated_value if isinstance(value, cst.SimpleString) else None
    return found if isinstance(found, str) else None


def _text(node: cst.Subscript) -> str:
    return cst.Module([]).code_for_node(node.slice[0])


def _written(plan: Plan, one: Statement) -> set[str]:
    """Return the keys that a statement, or one within it, writes to the app's config."""
    found: set[str] = set()
    stack: list[cst.CSTNode] = [one.node]
    config = f"{plan.world.app}.config"
    for node in stack:
        if isinstance(node, cst.AssignTarget | cst.AugAssign) and isinstance(node.target, cst.Subscript):
            if dotted(node.target.value) == config:
                found.add(_key(node.target) or "")
        elif isinstance(node, cst.Call) and dotted(node.func) == f"{config}.update":
            found |= {arg.keyword.value for arg in node.args if arg.keyword is not None}
        elif isinstance(node, cst.DictElement) and isinstance(node.key, cst.SimpleString):
            value = node.key.evaluated_value
            found |= {value} if isinstance(value, str) else set()
        stack.extend(node.children)
    return found


def _is_plain(plan: Plan, one: Statement) -> bool:
    """Whether a statement sets one key to what can be known before there is an app."""
    small = one.small
    if not isinstance(small, cst.Assign) or len(small.targets) != 1:
        return False
    below: list[cst.CSTNode] = [small.value]
    for node in below:
        below.extend(node.children)
    return not any(use.node in below and plan.needs_app(use) for use in one.now())


def _holder(plan: Plan, key: str) -> str:
    """Return the name of the class or module from which the config takes a key, where it takes from one only."""
    found = []
    for one in plan.page.statements:
        call = one.called
        if call is not None and dotted(call.func) == f"{plan.world.app}.config.from_object" and len(call.args) == 1:
            found.append(dotted(call.args[0].value))
        elif call is not None and dotted(call.func).startswith(f"{plan.world.app}.config.from_"):
            return ""
    if len(found) != 1 or not found[0]:
        return ""
    project, module = plan.world.project, plan.page.module
    symbol = project.names.resolve(module, "", found[0])
    head, colon, name = symbol.partition(":")
    where = project.names.by_name.get(head)
    if not colon or where is None:
        return ""
    for each in project.objects.lineage(symbol) if name else (symbol,):
        holder, _, cls = each.partition(":")
        page = project.names.by_name.get(holder)
        if page is not None and key in project.names.scope(page, cls):
            return found[0]
    return ""


def _takes_functions(plan: Plan, node: cst.CSTNode) -> bool:
    """Whether an expression stands where a function that returns the value does as well."""
    arg = plan.page.parents.get(node)
    call = plan.page.parents.get(arg) if arg is not None else None
    if not isinstance(call, cst.Call):
        return False
    own = next((one for one in call.args if one.value is node), None)
    if own is None:
        return False
    last = dotted(call.func).rpartition(".")[2]
    name = own.keyword.value if own.keyword is not None else ""
    if last in COLUMNS:
        return name in DEFAULTS
    if last in LATER:
        position, keyword = LATER[last]
        return name == keyword or (not name and call.args[position] is own)
    return False
