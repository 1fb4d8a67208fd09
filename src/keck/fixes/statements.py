"""Edits of statements and decorators: what goes, what comes, what moves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile
from typing import Any

import libcst as cst

from keck.edit import Enclose, Insert, Move, Remove
from keck.fixes.code import blank, is_docstring, lead, leading, parted, statements
from keck.fixes.tree import Tree
from keck.fixes.unfit import Unfit

_DEFINITION = cst.FunctionDef | cst.ClassDef


class Statements:
    """What happens to the statements and decorators of one file, by the node that each is."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._gone: set[cst.CSTNode] = set()
        self._before: dict[cst.CSTNode, list[Any]] = {}
        self._after: dict[cst.CSTNode, list[Any]] = {}
        self._first: dict[cst.CSTNode, list[cst.BaseStatement]] = {}
        self._last: dict[cst.CSTNode, list[cst.BaseStatement]] = {}
        self._headers: dict[cst.CSTNode, tuple[list[cst.BaseStatement], cst.BaseStatement]] = {}

    def remove(self, edit: Remove) -> bool:
        """Have a statement, a decorator or an imported name go; return whether it is one of them."""
        found = self._decorator(edit) or self._whole(edit)
        if found is None:
            return False
        self._gone.add(found)
        return True

    def insert(self, edit: Insert) -> None:
        """Have statements stand beside or inside another one."""
        new = statements(edit.code, self._tree.module)
        if edit.side in {"first", "last"}:
            held = self._first if edit.side == "first" else self._last
            held.setdefault(self._tree.suite(edit.place), []).extend(new)
            return
        held_at = self._before if edit.side == "before" else self._after
        held_at.setdefault(self._tree.statement(edit.place), []).extend(new)

    def move(self, edit: Move) -> None:
        """Have a decorator or a statement stand beside another one."""
        held = self._before if edit.side == "before" else self._after
        decorator, beside = self._decorator(edit), self._decorator(Remove(edit.to))
        if decorator is not None and beside is not None:
            self._gone.add(decorator)
            held.setdefault(beside, []).append(decorator)
        elif decorator is None and beside is None:
            statement = self._tree.statement(edit.place)
            self._gone.add(statement)
            own = parted(leading(statement))[1]
            held.setdefault(self._tree.statement(edit.to), []).append(lead(statement, own))
        else:
            raise Unfit(f"a decorator and a statement do not stand beside one another (line {edit.place.line})")

    def enclose(self, edit: Enclose) -> None:
        """Have statements stand under a header."""
        first = self._tree.statement(edit.place)
        body = self._siblings(first)
        at = body.index(first)
        held = [one for one in body[at:] if self._tree.extent(one)[2] <= edit.place.end_line]
        if not held or self._tree.extent(held[-1])[2] != edit.place.end_line:
            raise Unfit(f"no statement ends at line {edit.place.end_line}")
        (header,) = statements(f"{edit.header}\n    pass\n", self._tree.module)
        self._headers[first] = (held, header)

    def body(
        self, old: Sequence[cst.BaseStatement], new: Sequence[cst.BaseStatement], depth: int
    ) -> list[cst.BaseStatement]:
        """Return the statements of a body as they are to be.

        Args:
            old: as they stand in the file.
            new: the same, their parts edited.
            depth: 0 for a module.
        """
        found: list[cst.BaseStatement] = []
        apart: list[cst.EmptyLine] = []
        enclosed: dict[cst.CSTNode, int] = {}
        came = False
        for was, one in zip(old, new, strict=True):
            lines = _merged(apart, leading(one))
            apart, lines = parted(lines)
            for each in self._before.get(was, []):
                found.append(_spaced(lead(each, [*apart, *leading(each)]), found, depth))
                apart, came = [], True
            if was not in self._gone:
                opens = not found and was is not old[0]
                placed = lead(one, _trimmed([*apart, *lines]) if opens else [*apart, *lines])
                found.append(_spaced(placed, found, depth) if came else placed)
                apart, came = [], False
                if was in self._headers:
                    enclosed[was] = len(found) - 1
            for each in self._after.get(was, []):
                if was in self._gone and each is self._after[was][0]:
                    above = [*apart, *lines, *leading(each)]
                    opens = not found and was is not old[0]
                    each = lead(_in_place_of(one, each), _trimmed(above) if opens else above)  # noqa: PLW2901
                    apart = []
                found.append(_spaced(each, found, depth))
                came = True
        for first, at in reversed(enclosed.items()):
            held, header = self._headers[first]
            found[at : at + len(held)] = [_under(header, found[at : at + len(held)])]
        return found

    def suite(self, old: cst.BaseSuite, new: cst.BaseSuite) -> cst.BaseSuite:
        """Return the body of a compound statement as it is to be."""
        if isinstance(old, cst.IndentedBlock) and isinstance(new, cst.IndentedBlock):
            body = self.body(old.body, new.body, 1)
            body = self._within(old, body)
            return new.with_changes(body=body or [_PASS])
        if isinstance(new, cst.SimpleStatementSuite) and (old in self._first or old in self._last):
            line = cst.SimpleStatementLine(new.body, trailing_whitespace=new.trailing_whitespace)
            return cst.IndentedBlock(self._within(old, [line]))
        return new

    def decorators(self, old: Sequence[cst.Decorator], new: Sequence[cst.Decorator]) -> list[cst.Decorator]:
        """Return the decorators of a definition as they are to be."""
        found: list[cst.Decorator] = []
        for was, one in zip(old, new, strict=True):
            found += self._before.get(was, [])
            if was not in self._gone:
                found.append(one)
            found += self._after.get(was, [])
        return found

    def small(
        self, old: Sequence[cst.BaseSmallStatement], new: Sequence[cst.BaseSmallStatement]
    ) -> list[cst.BaseSmallStatement]:
        """Return the statements of one line as they are to be."""
        kept = [one for was, one in zip(old, new, strict=True) if was not in self._gone]
        if kept and len(kept) < len(new):
            kept[-1] = kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        return kept

    def names(self, old: Sequence[cst.ImportAlias], new: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias]:
        """Return the names of an import as they are to be."""
        kept = [one for was, one in zip(old, new, strict=True) if was not in self._gone]
        if kept and old[-1] in self._gone:
            kept[-1] = kept[-1].with_changes(comma=new[-1].comma)
        return kept

    @property
    def touched(self) -> bool:
        """Whether there is anything to do."""
        return any((self._gone, self._before, self._after, self._first, self._last, self._headers))

    def _within(self, old: cst.BaseSuite, body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
        first = self._first.get(old, [])
        if first:
            at = int(bool(body) and is_docstring(body[0]))
            body = [*body[:at], *first, *body[at:]]
        return [*body, *self._last.get(old, [])]

    def _decorator(self, edit: Remove | Move) -> cst.Decorator | None:
        for one in self._tree.standing(edit.place):
            around = self._tree.parent(one)
            if isinstance(one, cst.Decorator):
                return one
            if isinstance(around, cst.Decorator):
                return around
        return None

    def _whole(self, edit: Remove) -> cst.CSTNode | None:
        """Return the statement or imported name at a place; the line, where it is the only one on it."""
        for one in self._tree.standing(edit.place):
            if isinstance(one, cst.ImportAlias):
                holder = self._tree.parent(one)
                assert isinstance(holder, cst.Import | cst.ImportFrom)  # noqa: S101 - what else holds one
                names = (
                    [each for each in holder.names if each is not one]
                    if not isinstance(holder.names, cst.ImportStar)
                    else []
                )
                if all(each in self._gone for each in names):
                    return self._line(holder)
                return one
            if isinstance(one, cst.BaseSmallStatement):
                return self._line(one)
            if isinstance(one, cst.BaseStatement):
                return one
        return self._tree.begun(edit.place, cst.FunctionDef) or self._tree.begun(edit.place, cst.ClassDef)

    def _line(self, small: cst.BaseSmallStatement) -> cst.CSTNode:
        line = self._tree.parent(small)
        assert isinstance(line, cst.SimpleStatementLine | cst.SimpleStatementSuite)  # noqa: S101 - what else holds one
        others = [one for one in line.body if one is not small]
        if isinstance(line, cst.SimpleStatementSuite):
            raise Unfit("it stands on the line of what it depends on")
        return small if any(one not in self._gone for one in others) else line

    def _siblings(self, statement: cst.BaseStatement) -> list[cst.BaseStatement]:
        around = self._tree.parent(statement)
        assert isinstance(around, cst.Module | cst.IndentedBlock)  # noqa: S101 - what else holds one
        return list(around.body)


_PASS = cst.SimpleStatementLine([cst.Pass()])


def _merged(above: Sequence[cst.EmptyLine], below: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Return the lines that two statements had above them, for one of the two: blank ones are not added up."""
    if not any(one.comment for one in above):
        has = next((index for index, one in enumerate(below) if one.comment), len(below))
        return [*[cst.EmptyLine(indent=False)] * max(0, len(above) - has), *below]
    lines = list(above)
    while lines and below and lines[-1].comment is None and below[0].comment is None:
        lines.pop()
    return [*lines, *below]


def _trimmed(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Return the lines from the first comment on: what opens a body has no blank lines above it."""
    return list(dropwhile(lambda line: line.comment is None, lines))


def _in_place_of(gone: cst.BaseStatement, new: cst.BaseStatement) -> cst.BaseStatement:
    """Return a statement with the comment that stood behind the one whose place it takes."""
    if isinstance(gone, cst.SimpleStatementLine) and isinstance(new, cst.SimpleStatementLine):
        return new.with_changes(trailing_whitespace=gone.trailing_whitespace)
    return new


def _spaced(statement: cst.BaseStatement, above: Sequence[cst.BaseStatement], depth: int) -> cst.BaseStatement:
    """Return a statement with the blank lines that a definition has around it."""
    if not above:
        return statement
    if isinstance(statement, _DEFINITION) or isinstance(above[-1], _DEFINITION):
        return lead(statement, blank(leading(statement), 1 if depth else 2))
    return statement


def _under(header: cst.BaseStatement, held: Sequence[cst.BaseStatement]) -> cst.BaseStatement:
    """Return statements in the body of a compound one; what stands above the first stands above it."""
    first, *others = held
    body = [lead(first, []), *(lead(one, [_bare(line) for line in leading(one)]) for one in others)]
    return lead(header.with_changes(body=cst.IndentedBlock(body)), leading(first))


def _bare(line: cst.EmptyLine) -> cst.EmptyLine:
    """Return a blank line without indentation, a comment as it is."""
    return line if line.comment else line.with_changes(indent=False)
