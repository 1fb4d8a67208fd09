"""The syntax tree of one file, and what stands where in it."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, PositionProvider, Scope, ScopeProvider

from keck.fixes.unfit import Unfit
from keck.place import Place

Node = TypeVar("Node", bound=cst.CSTNode)

_LINE_END = re.compile(r"\r\n|\n")

Extent = tuple[int, int, int, int]
"""Line from 1 and column from 0 of the beginning and of the end."""


class Tree:
    """A file's tree.

    Args:
        text: the file, with its own line ends.

    Raises:
        Unfit: it is no Python that LibCST can read and write back.
    """

    def __init__(self, text: str) -> None:
        try:
            ast.parse(text)  # it refuses what is so deep that it would end LibCST's parser, and the process with it
            self.module = cst.parse_module(text)
        except (cst.ParserSyntaxError, SyntaxError, ValueError, MemoryError, RecursionError) as error:
            raise Unfit("its syntax cannot be read") from error
        if self.module.code != text:
            raise Unfit("its text cannot be written back as it is")
        self._text = text
        self._wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)

    def at(self, place: Place, kind: type[Node]) -> Node:
        """Return the outermost node of a kind that stands exactly at a place.

        Raises:
            Unfit: there is none.
        """
        found = [one for one in self.standing(place) if isinstance(one, kind)]
        if not found:
            raise Unfit(f"line {place.line} is not what it was")
        return found[-1]

    def expression(self, place: Place) -> cst.BaseExpression:
        """Return the expression at a place."""
        return self.at(place, cst.BaseExpression)  # type: ignore[type-abstract]

    def statement(self, place: Place) -> cst.BaseStatement:
        """Return the statement that a place begins: the line of a simple one, the whole of a compound one.

        A definition begins at its ``def`` or ``class``, as facts have it.

        Raises:
            Unfit: none begins there.
        """
        for one in self._begun(place):
            if isinstance(one, cst.BaseStatement):
                return one
        raise Unfit(f"no statement begins at line {place.line}")

    def suite(self, place: Place) -> cst.BaseSuite:
        """Return the body of the compound statement or of the branch that a place begins.

        Raises:
            Unfit: what begins there has no body.
        """
        for one in self._begun(place):
            body = getattr(one, "body", None)
            if isinstance(body, cst.BaseSuite):
                return body
        raise Unfit(f"what begins at line {place.line} has no body")

    def standing(self, place: Place) -> list[cst.CSTNode]:
        """Return every node that stands exactly at a place, the innermost first."""
        return self._nodes.get(_of(place), [])

    def begun(self, place: Place, kind: type[Node]) -> Node | None:
        """Return the outermost node of a kind among the statements and branches that begin at a place."""
        return next((one for one in self._begun(place) if isinstance(one, kind)), None)

    @cached_property
    def definitions(self) -> list[cst.FunctionDef | cst.ClassDef]:
        """Every function and class, what is around others before them."""
        found = [one for one in self._positions if isinstance(one, cst.FunctionDef | cst.ClassDef)]
        return sorted(found, key=self.extent)

    def _begun(self, place: Place) -> list[cst.CSTNode]:
        """Return the statements and branches that begin at a place, the outermost first."""
        return self._by_start.get((place.line, place.column - 1), [])[::-1]

    def extent(self, node: cst.CSTNode) -> Extent:
        """Return where a node stands."""
        return _extent(self._positions[node])

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return the node of which another one is a part; None for the module."""
        return self._parents.get(node)

    def above(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield the nodes around another one, innermost first."""
        while (found := self.parent(node)) is not None:
            yield found
            node = found

    def scope(self, node: cst.CSTNode) -> Scope:
        """Return the scope in which a node is evaluated."""
        found = self._wrapper.resolve(ScopeProvider).get(node)
        if found is None:  # pragma: no cover - every statement has one
            raise Unfit("its scopes cannot be told")
        return found

    @cached_property
    def _positions(self) -> dict[cst.CSTNode, CodeRange]:
        return dict(self._wrapper.resolve(PositionProvider))

    @cached_property
    def _parents(self) -> dict[cst.CSTNode, cst.CSTNode]:
        return dict(self._wrapper.resolve(ParentNodeProvider))

    @cached_property
    def _nodes(self) -> dict[Extent, list[cst.CSTNode]]:
        found: dict[Extent, list[cst.CSTNode]] = {}
        for node, position in self._positions.items():
            extent = _extent(position)
            if isinstance(node, cst.GeneratorExp) or (isinstance(node, cst.Tuple) and node.lpar):
                extent = self._with_parentheses(extent)
            found.setdefault(extent, []).append(node)
        return found

    @cached_property
    def _by_start(self) -> dict[tuple[int, int], list[cst.CSTNode]]:
        found: dict[tuple[int, int], list[cst.CSTNode]] = {}
        for node, position in self._positions.items():
            if isinstance(node, cst.BaseStatement | cst.ExceptHandler):
                found.setdefault((position.start.line, position.start.column), []).append(node)
        return found

    def _with_parentheses(self, extent: Extent) -> Extent:
        """Return the extent of what stands in parentheses, with the innermost pair: the syntax tree counts it so."""
        begin = self._text.rindex("(", 0, self._offset(*extent[:2]))
        end = self._text.index(")", self._offset(*extent[2:])) + 1
        return (*self._point(begin), *self._point(end))

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        starts += [one.end() for one in _LINE_END.finditer(self._text)]
        return starts

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def _point(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1]


def _extent(position: CodeRange) -> Extent:
    return position.start.line, position.start.column, position.end.line, position.end.column


def _of(place: Place) -> Extent:
    return place.line, place.column - 1, place.end_line, place.end_column - 1
