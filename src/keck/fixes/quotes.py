"""Quotes: code that comes into a file gets those that the file prefers."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import libcst as cst

_Code = TypeVar("_Code", bound=cst.CSTNode)


def quoted_alike(code: _Code, module: cst.Module) -> _Code:
    """Return new code with single quotes, where the strings of the file are in those and not in double ones.

    A string that stands in the file just so keeps its quotes: it was taken from there.

    Args:
        code: written with double quotes.
        module: that of the file.
    """
    if '"' not in cst.Module([]).code_for_node(code) or not _prefers_single(module):
        return code
    changed = code.visit(_Requoter(module.code))
    assert isinstance(changed, type(code))  # noqa: S101 - no node is replaced by one of another kind
    return changed


def like(new: cst.BaseExpression, old: cst.CSTNode) -> cst.BaseExpression:
    """Return an expression with the quotes of the one that it replaces, where both are plain strings."""
    if isinstance(new, cst.SimpleString) and isinstance(old, cst.SimpleString) and len(old.quote) == 1:
        return _requoted(new, old.quote)
    return new


class _Requoter(cst.CSTTransformer):
    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def leave_SimpleString(  # noqa: N802 - as in LibCST
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.SimpleString:
        return updated_node if original_node.value in self._text else _requoted(updated_node, "'")

    def leave_FormattedString(  # noqa: N802 - as in LibCST
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.FormattedString:
        code = cst.Module([]).code_for_node(original_node)
        if original_node.quote != '"' or code in self._text or "'" in code or code.count('"') > len('""'):
            return original_node
        return updated_node.with_changes(start=updated_node.start.replace('"', "'"), end="'")


class _Counter(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.count = {'"': 0, "'": 0}

    def visit_SimpleString(self, node: cst.SimpleString) -> None:  # noqa: N802 - as in LibCST
        if node.quote in self.count:
            self.count[node.quote] += 1


@lru_cache(maxsize=1)
def _prefers_single(module: cst.Module) -> bool:
    counter = _Counter()
    module.visit(counter)
    return counter.count["'"] > counter.count['"']


def _requoted(string: cst.SimpleString, quote: str) -> cst.SimpleString:
    """Return a string in other quotes, where nothing in it has to be escaped for that."""
    inside = string.raw_value
    if len(string.quote) > 1 or string.quote == quote or "'" in inside or '"' in inside:
        return string
    return string.with_changes(value=f"{string.prefix}{quote}{inside}{quote}")
