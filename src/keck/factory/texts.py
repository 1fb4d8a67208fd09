"""Small pieces of code as syntax trees."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
BLANK = cst.EmptyLine(indent=False)


def statement(code: str) -> Statement:
    """Return the statement that a text is."""
    return cst.parse_statement(code)


def function(head: str, body: Sequence[Statement], tree: cst.Module) -> cst.FunctionDef:
    """Return a function of statements, with two blank lines above it.

    Args:
        head: what stands between ``def`` and the colon.
        body: its statements; blank lines above the first go.
        tree: the module that it is for.
    """
    code = f"def {head}:\n    pass\n"
    node = cst.ensure_type(cst.parse_statement(code, config=tree.config_for_parsing), cst.FunctionDef)
    first = bare(body[0])
    rest = [closer(one) for one in body[1:]]
    for position, one in enumerate(rest):
        before = first if not position else rest[position - 1]
        if isinstance(before, cst.BaseCompoundStatement) and not (position == 0 and isinstance(before, cst.If)):
            rest[position] = spaced(one, 1)
    block = cst.IndentedBlock([first, *rest])
    return node.with_changes(body=block, leading_lines=[BLANK, BLANK])


def within(nodes: Sequence[Statement], header: str) -> Statement:
    """Return statements as the body of a compound one; what stands above the first stands above it then."""
    lines = list(nodes[0].leading_lines)
    made = cst.ensure_type(cst.parse_statement(f"{header}\n    pass\n"), cst.With)
    block = cst.IndentedBlock([nodes[0].with_changes(leading_lines=[]), *nodes[1:]])
    return made.with_changes(body=block, leading_lines=lines)


def bare(node: Statement) -> Statement:
    """Return a statement without the blank lines above it; comments stay."""
    lines = list(node.leading_lines)
    while lines and lines[0].comment is None:
        lines.pop(0)
    return node.with_changes(leading_lines=lines)


def closer(node: Statement) -> Statement:
    """Return a statement with at most one blank line between its comments and what is above it, as in a function."""
    found: list[cst.EmptyLine] = []
    for line in node.leading_lines:
        if line.comment is not None:
            found.append(line)
        elif not found or found[-1].comment is not None:
            found.append(BLANK)
    return node.with_changes(leading_lines=found)


def spaced(node: Statement, count: int) -> Statement:
    """Return a statement with at least so many blank lines above it and its comments."""
    lines = list(bare(node).leading_lines)
    had = len(node.leading_lines) - len(lines)
    return node.with_changes(leading_lines=[*[BLANK] * max(count, had), *lines])


def led(node: Statement, lines: Sequence[cst.EmptyLine]) -> Statement:
    """Return a statement with more lines above it."""
    return node.with_changes(leading_lines=[*lines, *node.leading_lines])


def comments(node: Statement) -> list[cst.EmptyLine]:
    """Return the comments above a statement with the blank lines among them; none where there is no comment."""
    lines = list(node.leading_lines)
    return lines if any(one.comment is not None for one in lines) else []


def identifiers(nodes: Sequence[cst.CSTNode]) -> set[str]:
    """Return every name below some nodes, imports' own left out."""
    found: set[str] = set()
    stack = list(nodes)
    while stack:
        one = stack.pop()
        if isinstance(one, cst.Import | cst.ImportFrom):
            continue
        if isinstance(one, cst.Name):
            found.add(one.value)
        elif isinstance(one, cst.SimpleString):
            found.update(_words(one.value))
        stack.extend(one.children)
    return found


def _words(text: str) -> list[str]:
    """Return the names in a short text, which may be an annotation."""
    return text.strip("\"'").replace(".", " ").replace("[", " ").replace("]", " ").split() if len(text) < 80 else []
