"""A text that is changed at the places of its tree, and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from keck.factory.entries import parsed


class Unfit(Exception):  # noqa: N818 - it is an answer
    """A text that cannot be changed in a way that is sure to keep what it does; says the line and why."""

    def __init__(self, path: str, line: int, why: str) -> None:
        super().__init__(f"{path}:{line} {why}")
        self.path = path
        self.line = line
        self.why = why


class Draft:
    """A Python file and the changes to it.

    Args:
        path: relative to the root of the project.
        text: with plain line ends.

    Raises:
        Unfit: it is no Python.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        tree = parsed(text)
        if tree is None:
            raise Unfit(path, 1, "cannot be read")
        self.tree = tree
        self._changes: dict[tuple[int, int], str] = {}
        self._removed: set[ast.stmt] = set()
        self.parents: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node

    @cached_property
    def _starts(self) -> list[int]:
        found = [0]
        for line in self.text.split("\n"):
            found.append(found[-1] + len(line) + 1)
        return found

    def unfit(self, node: ast.AST, why: str) -> Unfit:
        """Return what says that a place cannot be changed."""
        return Unfit(self.path, getattr(node, "lineno", 1), why)

    # places

    def offset(self, line: int, column: int) -> int:
        """Return the index in the text of a line (from 1) and a column (from 0, in UTF-8 bytes)."""
        start = self._starts[line - 1]
        whole = self.text[start : self._starts[line] - 1]
        return start + (column if whole.isascii() else len(whole.encode()[:column].decode()))

    def span(self, node: ast.expr | ast.stmt | ast.alias | ast.arg) -> tuple[int, int]:
        """Return where a node begins and ends in the text, decorators apart."""
        end = self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        return self.offset(node.lineno, node.col_offset), end

    def source(self, node: ast.expr | ast.stmt) -> str:
        """Return the text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def indent(self, node: ast.stmt) -> str:
        """Return what stands before a statement on its line."""
        start = self._starts[node.lineno - 1]
        return self.text[start : self.offset(node.lineno, node.col_offset)]

    def below(self, node: ast.stmt) -> int:
        """Return where the line after a statement begins."""
        return min(self._starts[node.end_lineno or node.lineno], len(self.text))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what encloses a node, innermost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def statement(self, node: ast.AST) -> ast.stmt:
        """Return the innermost statement in which a node stands."""
        return next(one for one in (node, *self.above(node)) if isinstance(one, ast.stmt))

    # changes

    def replace(self, node: ast.expr | ast.stmt | ast.alias, text: str) -> None:
        """Put another text in the place of a node."""
        self._changes[self.span(node)] = text

    def cut(self, start: int, end: int) -> None:
        """Take away what stands between two indices."""
        self._changes[start, end] = ""

    def insert(self, at: int, text: str) -> None:
        """Put a text at an index; several at one index stand in the order in which they come."""
        self._changes[at, at] = self._changes.get((at, at), "") + text

    def insert_above(self, node: ast.stmt, text: str) -> None:
        """Put whole lines above a statement and its decorators, with its indentation."""
        decorators = getattr(node, "decorator_list", [])
        line = min([node.lineno, *(one.lineno for one in decorators)])
        indent = self.indent(node)
        lines = "".join(f"{indent}{one}\n" if one else "\n" for one in text.split("\n"))
        self.insert(self._starts[line - 1], lines)

    def remove(self, node: ast.stmt) -> None:
        """Take a statement and its lines away.

        Raises:
            Unfit: something else stands on one of the lines.
        """
        self._alone(node)
        self._removed.add(node)

    def _alone(self, node: ast.stmt) -> None:
        _, end = self.span(node)
        rest = self.text[end : self._starts[node.end_lineno or node.lineno] - 1].strip()
        if self.indent(node).strip() or (rest and not rest.startswith("#")):
            raise self.unfit(node, "shares its line with another statement")

    def done(self) -> str:
        """Return the text with all changes."""
        changes = dict(self._changes)
        for node in self._removed:
            first, last = self._starts[node.lineno - 1], self._starts[node.end_lineno or node.lineno]
            changes = {(a, b): text for (a, b), text in changes.items() if not (first < b and a < last and a != b)}
            left = [one for one in self._body(node) if one not in self._removed]
            if not left and node is self._body(node)[-1]:
                changes[self.span(node)] = "pass"
            else:
                changes[first, min(last, len(self.text))] = ""
        text = self.text
        for (start, end), new in sorted(changes.items(), key=lambda one: one[0], reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def _body(self, node: ast.stmt) -> list[ast.stmt]:
        """Return the statements among which one stands."""
        parent = self.parents[node]
        lists = (value for _, value in ast.iter_fields(parent) if isinstance(value, list))
        return next(one for one in lists if node in one)
