"""Import statements of a page: names that they lose, names that come from elsewhere, names that are new."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import libcst as cst

from keck.factory.texts import Statement
from keck.factory.uses import dotted
from keck.fixes.code import is_docstring

DROP = ""
Decision = Callable[[cst.Import | cst.ImportFrom, cst.ImportAlias], str | None]
"""What to do with one name of an import: None leaves it, `DROP` drops it, else the module that it comes from now."""


def rewritten(line: cst.SimpleStatementLine, decide: Decision) -> list[cst.SimpleStatementLine]:
    """Return an import line with its names where they are now: the line itself, or several, or none."""
    kept: list[cst.BaseSmallStatement] = []
    moved: dict[str, list[cst.ImportAlias]] = {}
    changed = False
    for small in line.body:
        if not isinstance(small, cst.Import | cst.ImportFrom) or isinstance(small.names, cst.ImportStar):
            kept.append(small)
            continue
        stay = []
        for alias in small.names:
            where = decide(small, alias)
            if where is None:
                stay.append(alias)
                continue
            changed = True
            if where != DROP:
                moved.setdefault(where, []).append(alias)
        if stay:
            kept.append(small if len(stay) == len(small.names) else _fewer(small, stay))
    if not changed:
        return [line]
    found = []
    if kept:
        kept[-1] = kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        found.append(line.with_changes(body=kept))
    for source, aliases in moved.items():
        bare = [one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in aliases]
        code = ", ".join(cst.Module([]).code_for_node(one) for one in bare)
        new = cst.ensure_type(cst.parse_statement(f"from {source} import {code}"), cst.SimpleStatementLine)
        if not found:
            new = new.with_changes(leading_lines=line.leading_lines, trailing_whitespace=line.trailing_whitespace)
        found.append(new)
    return found


def _fewer(small: cst.Import | cst.ImportFrom, stay: Sequence[cst.ImportAlias]) -> cst.Import | cst.ImportFrom:
    last = small.names[-1].comma if not isinstance(small.names, cst.ImportStar) else cst.MaybeSentinel.DEFAULT
    names = [*stay[:-1], stay[-1].with_changes(comma=last)]
    return small.with_changes(names=names)


def added(nodes: Sequence[Statement], source: str, names: Sequence[str], *, at: int | None = None) -> list[Statement]:
    """Return statements with names imported: in a statement that imports from the module already, else in a new one.

    Args:
        nodes: the statements of a module.
        source: the module; empty for ``import name``.
        names: what to import, ``name`` or ``name as other``.
        at: where a new statement goes; behind the leading imports otherwise.
    """
    found = list(nodes)
    if not names:
        return found
    for index, one in enumerate(found):
        small = one.body[0] if isinstance(one, cst.SimpleStatementLine) and len(one.body) == 1 else None
        if source and isinstance(small, cst.ImportFrom) and not isinstance(small.names, cst.ImportStar) and at is None:
            text = "." * len(small.relative) + (dotted(small.module) if small.module is not None else "")
            if text == source:
                found[index] = one.with_deep_changes(small, names=_more(small.names, names))
                return found
    code = f"from {source} import {', '.join(names)}" if source else f"import {', '.join(names)}"
    where = _sorted_in(found, source or names[0], plain=not source) if at is None else at
    new = cst.parse_statement(code)
    if where == _first_import(found) and where < len(found) and isinstance(found[where], cst.SimpleStatementLine):
        new = new.with_changes(leading_lines=found[where].leading_lines)
        found[where] = found[where].with_changes(leading_lines=())
    found.insert(where, new)
    return found


def _sorted_in(nodes: Sequence[cst.CSTNode], source: str, *, plain: bool) -> int:
    """Return where a library's import goes among the leading ones: behind the last that sorts before it."""
    first, last = _first_import(nodes), behind_imports(nodes)
    where = first
    for at in range(first, last):
        line = nodes[at]
        small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        if isinstance(small, cst.Import):
            name, rank = dotted(small.names[0].name), 0
        elif isinstance(small, cst.ImportFrom) and small.module is not None:
            name, rank = dotted(small.module), 0 if plain else 1
        else:
            continue
        if isinstance(small, cst.ImportFrom) and small.relative:
            continue
        standard = name.partition(".")[0] in sys.stdlib_module_names
        if standard or (isinstance(small, cst.Import) and not plain) or (name <= source and not (plain and rank)):
            where = at + 1
    return where


def _more(old: Sequence[cst.ImportAlias], names: Sequence[str]) -> list[cst.ImportAlias]:
    found = list(old)
    present = [dotted(one.name) for one in found if one.asname is None]
    wide = next(
        (one.comma for one in found if isinstance(one.comma, cst.Comma)),
        cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")),
    )
    for text in names:
        if text in present:
            continue
        name, _, other = text.partition(" as ")
        asname = cst.AsName(cst.Name(other)) if other else None
        keys = [dotted(one.name) for one in found]
        order = next((key for key in ORDERS if keys == sorted(keys, key=key)), None)
        at = len(found) if order is None else sum(order(one) <= order(name) for one in keys)
        new = cst.ImportAlias(cst.Name(name), asname, comma=wide)
        if at == len(found):
            new = new.with_changes(comma=found[-1].comma)
            found[-1] = found[-1].with_changes(comma=wide)
        found.insert(at, new)
    return found


def _isort(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


ORDERS: tuple[Callable[[str], tuple[int, str]], ...] = (
    lambda name: (0, name),
    lambda name: (0, name.lower()),
    _isort,
)
"""How names are sorted in imports: as text, without regard to case, constants first."""


def _is_import(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Import | cst.ImportFrom)


def _is_future(node: cst.CSTNode) -> bool:
    small = node.body[0] if isinstance(node, cst.SimpleStatementLine) else None
    return isinstance(small, cst.ImportFrom) and small.module is not None and dotted(small.module) == "__future__"


def _first_import(nodes: Sequence[cst.CSTNode]) -> int:
    at = 0
    while at < len(nodes) and (is_docstring(nodes[at]) or _is_future(nodes[at])):
        at += 1
    return at


def behind_imports(nodes: Sequence[cst.CSTNode]) -> int:
    """Return where the imports at the top of a module end."""
    at = _first_import(nodes)
    while at < len(nodes) and _is_import(nodes[at]):
        at += 1
    return at
