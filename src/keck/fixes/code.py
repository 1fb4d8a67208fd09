"""Code as text, parsed for the file into which it goes."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst

from keck.fixes.quotes import quoted_alike
from keck.fixes.unfit import Unfit

_INDENT = re.compile(r"^(?: {4})+", re.MULTILINE)


def expression(text: str, module: cst.Module) -> cst.BaseExpression:
    """Return an expression, quoted as the file is; one over several lines is put in parentheses.

    Raises:
        Unfit: the text is none.
    """
    for attempt in (text, f"({text})"):
        try:
            return quoted_alike(cst.parse_expression(attempt, module.config_for_parsing), module)
        except cst.ParserSyntaxError:
            continue
    raise Unfit(f"`{text}` is no expression")


def statements(text: str, module: cst.Module) -> list[cst.BaseStatement]:
    """Return statements, indented, quoted and ended as the file is; comments and blank lines above each stay with it.

    Args:
        text: indented by four spaces, its lines ended by a line feed.
        module: that of the file.

    Raises:
        Unfit: the text is no Python.
    """
    own = indented(text, module).strip("\n").replace("\n", module.default_newline)
    try:
        parsed = quoted_alike(cst.parse_module(own, module.config_for_parsing), module)
    except cst.ParserSyntaxError as error:
        raise Unfit(f"`{text}` is no statement") from error
    first, *others = parsed.body
    return [lead(first, [*parsed.header, *leading(first)]), *others]


def indented(text: str, module: cst.Module) -> str:
    """Return code that is indented by four spaces indented as the file is."""
    return _INDENT.sub(lambda found: module.default_indent * (len(found[0]) // 4), text)


def is_docstring(node: cst.CSTNode) -> bool:
    """Whether a statement is nothing but a text."""
    small = node.body[0] if isinstance(node, cst.SimpleStatementLine) else None
    return isinstance(small, cst.Expr) and isinstance(small.value, cst.SimpleString | cst.ConcatenatedString)


def leading(statement: cst.BaseStatement) -> Sequence[cst.EmptyLine]:
    """Return the blank lines and comments above a statement."""
    found: Sequence[cst.EmptyLine] = statement.leading_lines  # type: ignore[attr-defined]  # every kind has them
    return found


def lead(statement: cst.BaseStatement, lines: Sequence[cst.EmptyLine]) -> cst.BaseStatement:
    """Return the statement under other blank lines and comments."""
    return statement.with_changes(leading_lines=list(lines))


def parted(lines: Sequence[cst.EmptyLine]) -> tuple[list[cst.EmptyLine], list[cst.EmptyLine]]:
    """Return what stands above a statement in two: what stands apart, and the comments that are its own."""
    cut = max((index for index, one in enumerate(lines, 1) if one.comment is None), default=0)
    return list(lines[:cut]), list(lines[cut:])


def blank(lines: Sequence[cst.EmptyLine], count: int) -> list[cst.EmptyLine]:
    """Return the lines with at least so many blank ones on top."""
    has = next((index for index, one in enumerate(lines) if one.comment is not None), len(lines))
    return [cst.EmptyLine(indent=False)] * max(0, count - has) + list(lines)
