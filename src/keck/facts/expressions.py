"""Turns the syntax tree's expressions into plain ones."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from keck.facts import expr as e

_MAX_DEPTH = 120
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.MatMult: "@",
    ast.Not: "not",
    ast.USub: "neg",
    ast.UAdd: "pos",
    ast.Invert: "~",
    ast.And: "and",
    ast.Or: "or",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


def expression(node: ast.AST, depth: int = 0) -> e.Expr:
    """Return an expression of the syntax tree as plain data.

    What nests deeper than 120 levels becomes an `e.Other` of kind ``deep``.
    """
    if depth > _MAX_DEPTH:
        return e.Other(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, "deep", ())  # type: ignore[attr-defined]
    handler = _HANDLERS.get(type(node))
    if handler is not None:
        return handler(node, depth + 1)
    parts = tuple([expression(one, depth + 1) for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)])
    return e.Other(*span(node), type(node).__name__.lower(), parts)


def span(node: ast.AST) -> tuple[int, int, int, int]:
    """Return where a node stands: line, column, end line, end column."""
    return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]


def _many(nodes: list[Any], depth: int) -> tuple[e.Expr, ...]:
    return tuple([expression(one, depth) for one in nodes])


def _constant(node: ast.Constant, depth: int) -> e.Expr:
    del depth
    value = node.value
    extent = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
    if isinstance(value, str):
        if not value.isascii():
            value = value.encode("utf-8", "replace").decode()
        return e.Const(*extent, value)
    if isinstance(value, bytes):
        return e.Const(*extent, value.decode("latin-1"), "bytes")
    if value is None or isinstance(value, bool | float):
        return e.Const(*extent, value)
    if isinstance(value, int):
        small = -(2**63) <= value < 2**63
        return e.Const(*extent, value if small else float("inf"))
    return e.Other(*extent, "constant", ())


def _name(node: ast.Name, depth: int) -> e.Expr:
    del depth
    return e.Ref(node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0, node.id)


def _attribute(node: ast.Attribute, depth: int) -> e.Expr:
    names = [node.attr]
    value: ast.expr = node.value
    while isinstance(value, ast.Attribute):
        names.append(value.attr)
        value = value.value
    if isinstance(value, ast.Name):
        names.append(value.id)
        names.reverse()
        return e.Ref(node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0, ".".join(names))
    return e.Attr(*span(node), expression(node.value, depth), node.attr)


def _call(node: ast.Call, depth: int) -> e.Expr:
    keywords = (
        tuple([e.Keyword(one.arg, expression(one.value, depth)) for one in node.keywords]) if node.keywords else ()
    )
    args = _many(node.args, depth) if node.args else ()
    return e.Call(
        node.lineno,
        node.col_offset,
        node.end_lineno or 0,
        node.end_col_offset or 0,
        expression(node.func, depth),
        args,
        keywords,
    )


def _items(node: ast.List | ast.Tuple | ast.Set, depth: int) -> e.Expr:
    return e.Items(*span(node), type(node).__name__.lower(), _many(node.elts, depth))


def _dict(node: ast.Dict, depth: int) -> e.Expr:
    pairs = [
        (None if key is None else expression(key, depth), expression(value, depth))
        for key, value in zip(node.keys, node.values, strict=True)
    ]
    return e.Table(*span(node), tuple(pairs))


def _subscript(node: ast.Subscript, depth: int) -> e.Expr:
    return e.Index(*span(node), expression(node.value, depth), expression(node.slice, depth))


def _joined(node: ast.JoinedStr, depth: int) -> e.Expr:
    return e.Text(*span(node), _many(node.values, depth))


def _formatted(node: ast.FormattedValue, depth: int) -> e.Expr:
    return expression(node.value, depth)


def _bool_op(node: ast.BoolOp, depth: int) -> e.Expr:
    return e.Op(*span(node), _OPERATORS[type(node.op)], _many(node.values, depth))


def _unary(node: ast.UnaryOp, depth: int) -> e.Expr:
    return e.Op(*span(node), _OPERATORS[type(node.op)], (expression(node.operand, depth),))


def _binary(node: ast.BinOp, depth: int) -> e.Expr:
    """A long chain of one operator is deep on its left side only: it becomes one flat operation."""
    kind = type(node.op)
    parts: list[ast.expr] = [node.right]
    left = node.left
    while isinstance(left, ast.BinOp) and type(left.op) is kind:
        parts.append(left.right)
        left = left.left
    parts.append(left)
    parts.reverse()
    return e.Op(*span(node), _OPERATORS[kind], _many(parts, depth))


def _compare(node: ast.Compare, depth: int) -> e.Expr:
    return e.Op(*span(node), _OPERATORS[type(node.ops[0])], _many([node.left, *node.comparators], depth))


def _conditional(node: ast.IfExp, depth: int) -> e.Expr:
    return e.Op(*span(node), "if", _many([node.test, node.body, node.orelse], depth))


def _lambda(node: ast.Lambda, depth: int) -> e.Expr:
    args = node.args
    names = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    return e.Lambda(*span(node), tuple([one.arg for one in names]), expression(node.body, depth))


def _starred(node: ast.Starred, depth: int) -> e.Expr:
    return e.Star(*span(node), expression(node.value, depth))


def _named(node: ast.NamedExpr, depth: int) -> e.Expr:
    return e.Other(*span(node), "namedexpr", (expression(node.target, depth), expression(node.value, depth)))


def _awaited(node: ast.Await, depth: int) -> e.Expr:
    return expression(node.value, depth)


def _yielded(node: ast.Yield | ast.YieldFrom, depth: int) -> e.Expr:
    return e.Other(*span(node), "yield", () if node.value is None else (expression(node.value, depth),))


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, depth: int) -> e.Expr:
    """Parts: what is made, then target, iterable and conditions of each loop."""
    made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    parts: list[ast.expr] = [one for one in made if one is not None]
    for loop in node.generators:
        parts += [loop.target, loop.iter, *loop.ifs]
    return e.Other(*span(node), "comprehension", _many(parts, depth))


_HANDLERS: dict[type[ast.AST], Callable[[Any, int], e.Expr]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.List: _items,
    ast.Tuple: _items,
    ast.Set: _items,
    ast.Dict: _dict,
    ast.Subscript: _subscript,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Lambda: _lambda,
    ast.Starred: _starred,
    ast.NamedExpr: _named,
    ast.Await: _awaited,
    ast.Yield: _yielded,
    ast.YieldFrom: _yielded,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
}
