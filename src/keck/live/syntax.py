"""Syntax: what is asked of pieces of code again and again, without knowing what their names stand for."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

from keck.live.references import dotted

CODES = frozenset({401, 403})
"""What answers to somebody who is not allowed carry."""


def is_text(node: ast.stmt) -> bool:
    """Return whether a statement is a text that nobody reads, such as a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def leaves(body: list[ast.stmt]) -> bool:
    """Return whether statements end by leaving their function."""
    return bool(body) and isinstance(body[-1], ast.Return | ast.Raise)


def raises(body: list[ast.stmt]) -> bool:
    """Return whether statements end by raising something."""
    return bool(body) and isinstance(body[-1], ast.Raise)


@functools.lru_cache(maxsize=16384)
def calls(node: ast.AST) -> tuple[ast.Call, ...]:
    """Return the calls in an expression, innermost first; those in lambdas do not run with it."""
    if isinstance(node, ast.Lambda):
        return ()
    found: list[ast.Call] = []
    for child in ast.iter_child_nodes(node):
        found += calls(child)
    return (*found, node) if isinstance(node, ast.Call) else tuple(found)


@functools.lru_cache(maxsize=16384)
def outermost_names(node: ast.AST) -> tuple[ast.expr, ...]:
    """Return the dotted names in an expression, each as a whole."""
    if isinstance(node, ast.Name | ast.Attribute) and dotted(node):
        return (node,)
    found: list[ast.expr] = []
    for child in ast.iter_child_nodes(node):
        found += outermost_names(child)
    return tuple(found)


def codes_in(node: ast.AST) -> Iterator[int]:
    """Yield the status codes 401 and 403 in a piece of code, as numbers, as status lines or by their names."""
    for one in ast.walk(node):
        if isinstance(one, ast.Constant):
            if type(one.value) is int and one.value in CODES:
                yield one.value
            elif isinstance(one.value, str) and one.value[:4] in {"401 ", "403 "}:
                yield int(one.value[:3])
        elif isinstance(one, ast.Attribute) and one.attr in {"UNAUTHORIZED", "FORBIDDEN"}:
            yield 401 if one.attr == "UNAUTHORIZED" else 403


def numbers(node: ast.AST) -> set[int]:
    """Return the whole numbers in a piece of code."""
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and type(one.value) is int}


@functools.lru_cache(maxsize=4096)
def strings(node: ast.AST | None) -> tuple[str, ...]:
    """Return the texts in a piece of code."""
    if node is None:
        return ()
    return tuple(one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))


def absent(test: ast.expr) -> bool:
    """Return whether a test of an identity is true where there is none."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return not absent(test.operand)
    if isinstance(test, ast.BoolOp):
        return any(absent(one) for one in test.values)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        how, right = test.ops[0], test.comparators[0]
        none = isinstance(right, ast.Constant) and not right.value
        if isinstance(how, ast.Is | ast.Eq):
            return none
        return isinstance(how, ast.NotIn | ast.NotEq) and not none
    return isinstance(test, ast.Attribute) and test.attr == "is_anonymous"
