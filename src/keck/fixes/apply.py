"""The edits of one file, done all at once in its tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import libcst as cst

from keck.edit import Create, Edit, Enclose, Entry, Import, Insert, Keyword, Label, Move, Recast, Remove, Replace, Wrap
from keck.fixes import expressions
from keck.fixes.imports import Imports
from keck.fixes.recast import recast
from keck.fixes.statements import Statements
from keck.fixes.tree import Tree
from keck.fixes.unfit import Unfit

__all__ = ["Unfit", "applied"]


def applied(text: str, edits: Sequence[Edit]) -> str:
    """Return a file's text with edits done; what they do not name stays character for character.

    Args:
        text: with the line ends that the file has.
        edits: places are those in `text`; they must not lie in one another, but for imports.

    Raises:
        Unfit: one of them cannot be done; says why, as a clause.
    """
    tree = Tree(text)
    changes = _Changes(tree)
    for one in edits:
        changes.take(one)
    try:
        changed = tree.module.visit(_Editor(changes))
    except cst.CSTValidationError as error:
        raise Unfit("what comes of it is no Python") from error
    return changed.code


class _Changes:
    """What is to be done, by the node that it is done to."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.nodes: dict[cst.CSTNode, list[expressions.Change]] = defaultdict(list)
        self.parts: dict[cst.CSTNode, set[cst.CSTNode]] = defaultdict(set)
        self.statements = Statements(tree)
        self.imports = Imports(tree)

    def take(self, edit: Edit) -> None:
        """Find the node of an edit and note what is done to it."""
        match edit:
            case Replace():
                self._note(*expressions.replaced(self.tree, edit))
            case Wrap():
                self._note(*expressions.wrapped(self.tree, edit))
            case Keyword():
                self._note(*expressions.keyword(self.tree, edit))
            case Label():
                self._note(*expressions.label(self.tree, edit))
            case Entry():
                self._note(*expressions.entry(self.tree, edit))
            case Recast():
                node = self.tree.expression(edit.place)
                self._note(node, lambda old: recast(edit.by, edit.into, old, self.tree.module))
            case Import():
                self.imports.want(edit)
            case Insert():
                self.statements.insert(edit)
            case Move():
                self.statements.move(edit)
            case Enclose():
                self.statements.enclose(edit)
            case Remove():
                if not self.statements.remove(edit):
                    self._remove_part(edit)
            case Create():  # pragma: no branch - there is no other
                raise Unfit("the file is there already")

    def _note(self, node: cst.CSTNode, change: expressions.Change) -> None:
        self.nodes[node].append(change)

    def _remove_part(self, edit: Remove) -> None:
        """Note that an argument, or an element of a display, goes."""
        for one in self.tree.standing(edit.place):
            for part in (one, self.tree.parent(one)):
                if isinstance(part, cst.Arg | cst.BaseElement | cst.BaseDictElement):
                    holder = self.tree.parent(part)
                    if isinstance(holder, cst.Call | cst.List | cst.Tuple | cst.Set | cst.Dict):
                        self.parts[holder].add(part)
                        return
        raise Unfit(f"what stands at line {edit.place.line} cannot be taken away by itself")


class _Editor(cst.CSTTransformer):
    def __init__(self, changes: _Changes) -> None:
        super().__init__()
        self._changes = changes

    def on_leave(self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT) -> Any:  # noqa: ANN401 - as in LibCST
        new: Any = updated_node
        old: Any = original_node
        gone = self._changes.parts.get(old)
        if gone:
            field = "args" if isinstance(old, cst.Call) else "elements"
            indices = {index for index, one in enumerate(getattr(old, field)) if one in gone}
            new = new.with_changes(**{field: expressions.without(getattr(new, field), indices)})
        for change in self._changes.nodes.get(old, ()):
            new = change(new)
        if self._changes.statements.touched:
            new = self._with_statements(old, new)
        if isinstance(old, cst.Module):
            body = self._changes.imports.added(new.body)
            new = new.with_changes(body=body, has_trailing_newline=old.has_trailing_newline or not old.body)
        return new

    def _with_statements(self, old: Any, new: Any) -> Any:  # noqa: ANN401 - nodes of many kinds
        statements = self._changes.statements
        if isinstance(old, cst.Module):
            return new.with_changes(body=statements.body(old.body, new.body, 0))
        if isinstance(old, cst.BaseSuite):
            return statements.suite(old, new)
        if isinstance(old, cst.FunctionDef | cst.ClassDef):
            return new.with_changes(decorators=statements.decorators(old.decorators, new.decorators))
        if isinstance(old, cst.SimpleStatementLine):
            return new.with_changes(body=statements.small(old.body, new.body))
        if isinstance(old, cst.Import | cst.ImportFrom) and not isinstance(old.names, cst.ImportStar):
            return new.with_changes(names=statements.names(old.names, new.names))
        return new
