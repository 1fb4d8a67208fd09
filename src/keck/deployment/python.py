"""gunicorn's configuration file, which is Python; it is read, not run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from keck.deployment.workers import Workers

ENVIRONMENT = frozenset({"getenv", "get"})


def gunicorn_config(text: str, path: str) -> Iterator[Workers]:
    """Yield what ``workers = ...`` says; without it gunicorn starts one process."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.walk(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    values: dict[str, tuple[ast.expr, int]] = {}
    for node in body:
        if isinstance(node, ast.Assign):
            values.update((each.id, (node.value, node.lineno)) for each in node.targets if isinstance(each, ast.Name))
        elif isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
            values[node.target.id] = (node.value, node.lineno)
    value, line = values.get("workers", (ast.Constant(1), 1))
    yield Workers(_value(value, {name: each for name, (each, _) in values.items()}), path, line)


def _value(node: ast.expr, values: dict[str, ast.expr]) -> int | None:
    """Return the number an expression has when no environment variable is set, or None."""
    if isinstance(node, ast.Constant):
        text = str(node.value)
        return int(text) if text.isascii() and text.isdecimal() else None
    if isinstance(node, ast.Name) and node.id in values:
        return _value(values[node.id], {name: value for name, value in values.items() if name != node.id})
    if isinstance(node, ast.IfExp):
        return _either([node.body, node.orelse], values)
    if isinstance(node, ast.BoolOp):
        return _either(node.values, values)
    if isinstance(node, ast.Call):
        return _called(node, values)
    return None


def _either(nodes: list[ast.expr], values: dict[str, ast.expr]) -> int | None:
    """Return the largest number that is known: the others are for whoever sets something."""
    return max((known for node in nodes if (known := _value(node, values)) is not None), default=None)


def _called(node: ast.Call, values: dict[str, ast.expr]) -> int | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in ENVIRONMENT and len(node.args) == 2:
        return _value(node.args[1], values)
    if name == "int" and len(node.args) == 1:
        return _value(node.args[0], values)
    return None
