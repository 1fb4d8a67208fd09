"""Imports that an edit needs: found where they stand, or added where they belong."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import libcst as cst
from libcst.metadata import ClassScope, FunctionScope, GlobalScope, ImportAssignment, Scope

from keck.edit import Import
from keck.fixes.code import blank, is_docstring, lead, leading, parted, statements
from keck.fixes.tree import Tree
from keck.fixes.unfit import Unfit

_Imported = cst.Import | cst.ImportFrom


class Imports:
    """The imports that the edits of one file need, and what they come to."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._wanted: dict[str, tuple[cst.SimpleStatementLine, bool]] = {}

    def want(self, edit: Import) -> None:
        """Have a name imported where an edit uses it.

        Raises:
            Unfit: the name means something else there.
        """
        (statement,) = statements(edit.text, self._tree.module)
        wanted = _imported(statement)
        if wanted is None:
            raise Unfit(f"`{edit.text}` is no import")
        around = self._scope(edit)
        for alias in _aliases(wanted):
            name = _bound(alias)
            known = self._known(around, name, _source(wanted, alias), edit.place.line)
            if not known:
                one = wanted.with_changes(names=[alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)])
                line = cst.SimpleStatementLine([one])
                self._wanted[self._tree.module.code_for_node(one)] = line, self._is_begun(one, edit.place.line, around)

    def added(self, body: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        """Return a module's statements with the imports that it lacks."""
        found = list(body)
        for line, begun in self._wanted.values():
            found = _with_import(found, line, anywhere=begun)
        return found

    def _is_begun(self, wanted: _Imported, line: int, scope: Scope) -> bool:
        """Whether the first import from the same module has run when a line does, wherever it stands."""
        for statement in self._tree.module.body:
            if _is_alike(statement, wanted):
                return _is_late(scope) or self._tree.extent(statement)[0] <= line
        return False

    def _scope(self, edit: Import) -> Scope:
        """Return the scope that a place lies in."""
        place = edit.place
        best: cst.CSTNode = self._tree.module
        for node in self._tree.definitions:
            first, _, last, _ = self._tree.extent(node)
            if first <= place.line <= last and self._tree.extent(node.body)[0:2] <= (place.line, place.column - 1):
                best = node.body.body[0]
        return self._tree.scope(best)

    def _known(self, scope: Scope, name: str, source: str, line: int) -> bool:
        """Whether a name is bound to what is wanted already; False where it is free."""
        around: Scope | None = scope
        while around is not None and not isinstance(around, GlobalScope):
            passed_over = isinstance(around, ClassScope) and around is not scope
            if not passed_over and any(True for _ in around.assignments[name]):
                if any(_is_import(one, source) for one in around.assignments[name]):
                    return True
                raise Unfit(f"`{name}` means something else at line {line}")
            around = around.parent if around.parent is not around else None
        bound = list(scope.globals.assignments[name])
        if not bound:
            return False
        early = [one for one in bound if isinstance(one, ImportAssignment) and self._is_early(one, line, scope)]
        if early and all(_is_import(one, source) for one in bound):
            return True
        if all(_is_import(one, source) for one in bound):
            return False
        raise Unfit(f"`{name}` means something else in this file")

    def _is_early(self, assignment: ImportAssignment, line: int, scope: Scope) -> bool:
        """Whether an import at module level has run when a line does: it stands above, and under no condition."""
        node = assignment.node
        above = [one for one in self._tree.above(node) if isinstance(one, cst.If | cst.Try)]
        if any(isinstance(one, cst.If) for one in above):
            return False
        return not isinstance(scope, GlobalScope) or self._tree.extent(node)[0] <= line


def _is_late(scope: Scope) -> bool:
    """Whether what stands in a scope runs when a function is called."""
    return isinstance(scope, FunctionScope)


def _is_alike(statement: cst.BaseStatement, wanted: _Imported) -> bool:
    """Whether a line imports names from the module that another import does."""
    one = _imported(statement)
    return (
        isinstance(one, cst.ImportFrom)
        and bool(_aliases(one))
        and isinstance(wanted, cst.ImportFrom)
        and _module(one) == _module(wanted)
    )


def _is_import(assignment: object, source: str) -> bool:
    if not isinstance(assignment, ImportAssignment):
        return False
    node = assignment.node
    return isinstance(node, _Imported) and any(
        _source(node, one) == source and _bound(one) == assignment.name for one in _aliases(node)
    )


def _aliases(node: _Imported | None) -> Sequence[cst.ImportAlias]:
    return [] if node is None or isinstance(node.names, cst.ImportStar) else node.names


def _bound(alias: cst.ImportAlias) -> str:
    """Return the name that an alias binds."""
    return alias.evaluated_alias or alias.evaluated_name.partition(".")[0]


def _source(node: _Imported, alias: cst.ImportAlias) -> str:
    """Return what an alias stands for: ``flask.request``, ``..models.User``, ``os.path``."""
    if isinstance(node, cst.Import):
        return alias.evaluated_name
    dots, module = _module(node)
    return f"{'.' * dots}{module}.{alias.evaluated_name}"


def _module(node: cst.ImportFrom) -> tuple[int, str]:
    """Return how many dots an import begins with, and the module after them."""
    name = cst.helpers.get_full_name_for_node(node.module) if node.module else None
    return len(node.relative), name or ""


def _imported(statement: cst.BaseStatement) -> _Imported | None:
    """Return the import that a line is, if it is nothing else."""
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        (one,) = statement.body
        return one if isinstance(one, _Imported) else None
    return None


def _with_import(
    body: list[cst.BaseStatement], line: cst.SimpleStatementLine, *, anywhere: bool
) -> list[cst.BaseStatement]:
    """Return statements with one more import: in one that imports from the same module, else in its group."""
    new = _imported(line)
    assert new is not None  # noqa: S101 - `want` has seen to it
    first, last = _block(body)
    for index in range(first, len(body) if anywhere else last):
        one = _imported(body[index])
        if isinstance(one, cst.ImportFrom) and _is_alike(body[index], new):
            grown = body[index].with_changes(body=[_extended(one, _aliases(new)[0])])
            return [*body[:index], grown, *body[index + 1 :]]
    return _inserted(body, first, last, line)


def _block(body: Sequence[cst.BaseStatement]) -> tuple[int, int]:
    """Return where the imports at the top of a module begin and end."""
    first = 0
    while first < len(body) and (is_docstring(body[first]) or _is_future(body[first])):
        first += 1
    last = first
    for index in range(first, len(body)):
        if _imported(body[index]) is not None:
            last = index + 1
        elif not isinstance(body[index], cst.Try):
            break
    return first, last


def _is_future(statement: cst.BaseStatement) -> bool:
    one = _imported(statement)
    return isinstance(one, cst.ImportFrom) and _module(one) == (0, "__future__")


def _extended(node: cst.ImportFrom, alias: cst.ImportAlias) -> cst.ImportFrom:
    """Return an import with one more name, sorted in where the names are sorted."""
    names = list(_aliases(node))
    keys = [one.evaluated_name for one in names]
    after = len(names)
    for order in (_as_is, _lower, _by_case):
        if keys == sorted(keys, key=order):
            after = sum(order(one) <= order(alias.evaluated_name) for one in keys)
            break
    between = names[0].comma if len(names) > 1 else _between(node)
    tail = names[-1].comma
    names = [one.with_changes(comma=between) if one is names[-1] else one for one in names]
    names.insert(after, alias.with_changes(comma=between))
    names[-1] = names[-1].with_changes(comma=tail)
    return node.with_changes(names=names)


def _as_is(name: str) -> tuple[int, str]:
    return 0, name


def _lower(name: str) -> tuple[int, str]:
    return 0, name.lower()


def _by_case(name: str) -> tuple[int, str]:
    """Order names as isort does: constants, classes, the rest."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name


def _between(node: cst.ImportFrom) -> cst.Comma:
    opening = node.lpar.whitespace_after if node.lpar else None
    if isinstance(opening, cst.ParenthesizedWhitespace):
        return cst.Comma(whitespace_after=opening)
    return cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def _inserted(
    body: list[cst.BaseStatement], first: int, last: int, line: cst.SimpleStatementLine
) -> list[cst.BaseStatement]:
    """Return statements with an import in its group, sorted in where the group is sorted."""
    group, key = _rank(line)
    ranked = [(index, *_rank(body[index])) for index in range(first, last) if _imported(body[index]) is not None]
    same = [(index, other) for index, there, other in ranked if there == group]
    lower = [index for index, there, _ in ranked if there < group]
    if same:
        earlier = [index for index, other in same if other <= key]
        if earlier:
            return [*body[: earlier[-1] + 1], line, *body[earlier[-1] + 1 :]]
        return _above(body, same[0][0], line, apart=False)
    if lower:
        at = lower[-1] + 1
        return [*body[:at], lead(line, _BLANK), *body[at:]]
    if ranked:
        return _above(body, ranked[0][0], line, apart=True)
    new = lead(line, _BLANK) if first else line
    rest = [lead(body[first], blank(leading(body[first]), 1)), *body[first + 1 :]] if first < len(body) else []
    return [*body[:first], new, *rest]


def _above(
    body: list[cst.BaseStatement], at: int, line: cst.SimpleStatementLine, *, apart: bool
) -> list[cst.BaseStatement]:
    """Return statements with a line above one of them; what stands apart above that one stays on top."""
    loose, own = parted(leading(body[at]))
    return [*body[:at], lead(line, loose), lead(body[at], blank(own, int(apart))), *body[at + 1 :]]


_BLANK = [cst.EmptyLine(indent=False)]


def _rank(statement: cst.BaseStatement) -> tuple[int, str]:
    """Return the group of an import and what it is sorted by in it: library, packages, the project's own."""
    one = _imported(statement)
    dots, module = _module(one) if isinstance(one, cst.ImportFrom) else (0, _aliases(one)[0].evaluated_name)
    if dots:
        return 3, f"{'.' * dots}{module}"
    return (1 if module.partition(".")[0] in sys.stdlib_module_names else 2), module
